import java.nio.charset.StandardCharsets;
import org.commonmark.Extension;
import org.commonmark.ext.gfm.tables.TablesExtension;
import org.commonmark.ext.heading.anchor.HeadingAnchorExtension;
import org.commonmark.node.AbstractVisitor;
import org.commonmark.node.Heading;
import org.commonmark.node.Image;
import org.commonmark.node.Link;
import org.commonmark.node.Node;
import org.commonmark.node.Text;
import org.commonmark.parser.Parser;
import org.commonmark.renderer.html.HtmlRenderer;

/**
 * Writes the guide and the API documentation as one static site: {@code Site.java ROOT SITE}.
 *
 * <p>Each page keeps its path, {@code docs/guide/sql.md} as {@code docs/guide/sql.html}. A file
 * that a page links to becomes a page with its text; a link to a module's folder leads to the
 * module's API. Every link inside the site must lead to a page, and to a heading of it; if one does
 * not, it is shown, and the exit code is 1.
 */
static final List<Extension> EXTENSIONS =
    List.of(TablesExtension.create(), HeadingAnchorExtension.create());

static final Parser PARSER = Parser.builder().extensions(EXTENSIONS).build();
static final HtmlRenderer RENDERER = HtmlRenderer.builder().extensions(EXTENSIONS).build();
static final Pattern ID = Pattern.compile("\\b(?:id|name)=\"([^\"]+)\"");
static final Pattern HREF = Pattern.compile("\\b(?:href|src)=\"([^\"]+)\"");

void main(String[] args) throws IOException {
  Path root = Path.of(args[0]).toAbsolutePath().normalize();
  Path site = Path.of(args[1]).toAbsolutePath().normalize();
  var build = new Build(root, site, modules(root), new TreeMap<>(), new LinkedHashSet<>());
  delete(site);
  Files.createDirectories(site);
  build.copyApi();
  build.pages();
  build.linkedFiles();
  Files.writeString(site.resolve("site.css"), CSS);
  Files.copy(site.resolve("README.html"), site.resolve("index.html"));
  List<String> problems = new Check(site).problems();
  problems.forEach(System.err::println);
  IO.println(
      "site: %s, %d pages, %d modules, %d broken links"
          .formatted(
              root.relativize(site), build.titles.size(), build.modules.size(), problems.size()));
  System.exit(problems.isEmpty() ? 0 : 1);
}

/** The folders with API documentation, with the names of their artifacts. */
SortedMap<String, String> modules(Path root) throws IOException {
  var found = new TreeMap<String, String>();
  try (Stream<Path> files = Files.walk(root, 6)) {
    for (Path docs : files.filter(f -> f.endsWith("target/reports/apidocs")).toList()) {
      Path module = docs.getParent().getParent().getParent();
      Matcher name =
          Pattern.compile("<artifactId>(belay-(?!parent)[\\w-]+)</artifactId>")
              .matcher(Files.readString(module.resolve("pom.xml")));
      if (name.find() && Files.exists(docs.resolve("index.html"))) {
        found.put(slashed(root.relativize(module)), name.group(1));
      }
    }
  }
  if (found.isEmpty()) {
    throw new IllegalStateException("no API documentation: run ./build site");
  }
  return found;
}

static String slashed(Path path) {
  return path.toString().replace('\\', '/');
}

static void delete(Path folder) throws IOException {
  if (Files.exists(folder)) {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}

static String escaped(String text) {
  return text.replace("&", "&amp;").replace("<", "&lt;").replace("\"", "&quot;");
}

record Build(
    Path root,
    Path site,
    SortedMap<String, String> modules,
    SortedMap<String, String> titles,
    Set<String> linked) {

  void copyApi() throws IOException {
    for (var module : modules.entrySet()) {
      Path from = root.resolve(module.getKey()).resolve("target/reports/apidocs");
      Path to = site.resolve("api").resolve(module.getValue());
      try (Stream<Path> files = Files.walk(from)) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          Path copy = to.resolve(from.relativize(file));
          Files.createDirectories(copy.getParent());
          Files.copy(file, copy);
        }
      }
    }
  }

  void pages() throws IOException {
    var documents = new TreeMap<String, Node>();
    for (Path page : markdown()) {
      String name = slashed(root.relativize(page));
      Node document = PARSER.parse(Files.readString(page));
      documents.put(name, document);
      titles.put(name, title(document, name));
    }
    for (var each : documents.entrySet()) {
      each.getValue().accept(new Links(this, each.getKey()));
      write(each.getKey(), titles.get(each.getKey()), RENDERER.render(each.getValue()));
    }
  }

  private List<Path> markdown() throws IOException {
    try (Stream<Path> top = Files.list(root);
        Stream<Path> docs = Files.walk(root.resolve("docs"))) {
      return Stream.concat(top, docs)
          .filter(
              f -> f.toString().endsWith(".md") && !slashed(root.relativize(f)).contains("target/"))
          .toList();
    }
  }

  private static String title(Node document, String name) {
    for (Node node = document.getFirstChild(); node != null; node = node.getNext()) {
      if (node instanceof Heading heading) {
        var text = new StringBuilder();
        heading.accept(
            new AbstractVisitor() {
              @Override
              public void visit(Text part) {
                text.append(part.getLiteral());
              }

              @Override
              public void visit(org.commonmark.node.Code part) {
                text.append(part.getLiteral());
              }
            });
        return text.toString();
      }
    }
    return name;
  }

  /** Files that pages link to: pictures as they are, sources as pages, folders as lists. */
  void linkedFiles() throws IOException {
    for (String name : linked) {
      Path file = root.resolve(name);
      if (Files.isDirectory(file)) {
        write(name + "/index.md", name, "<h1>" + name + "</h1>" + list(file, name));
      } else if (name.endsWith(".svg") || name.endsWith(".png")) {
        Files.createDirectories(site.resolve(name).getParent());
        Files.copy(file, site.resolve(name));
      } else {
        write(
            name + ".md",
            file.getFileName().toString(),
            "<h1>" + name + "</h1><pre><code>" + escaped(Files.readString(file)) + "</code></pre>");
      }
    }
  }

  private String list(Path folder, String name) throws IOException {
    var list = new StringBuilder("<ul>");
    for (var page : titles.entrySet()) {
      if (page.getKey().startsWith(name + "/")) {
        String below = page.getKey().substring(name.length() + 1).replaceAll("\\.md$", ".html");
        list.append("<li><a href=\"%s\">%s</a></li>".formatted(below, escaped(page.getValue())));
      }
    }
    if (list.length() == 4) {
      try (Stream<Path> files = Files.list(folder)) {
        for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
          list.append("<li>").append(file.getFileName()).append("</li>");
        }
      }
    }
    return list.append("</ul>").toString();
  }

  private void write(String page, String title, String body) throws IOException {
    Path file = site.resolve(page.replaceAll("\\.md$", ".html"));
    Files.createDirectories(file.getParent());
    String up = "../".repeat(page.split("/").length - 1);
    Files.writeString(
        file,
        """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>%s</title>
        <link rel="stylesheet" href="%ssite.css">
        </head>
        <body>
        <nav>%s</nav>
        <main>
        %s
        </main>
        </body>
        </html>
        """
            .formatted(
                title.equals("Belay") ? title : escaped(title) + " · Belay",
                up,
                navigation(page, up),
                body.replace("<table>", "<div class=\"wide\"><table>")
                    .replace("</table>", "</table></div>")));
  }

  private String navigation(String page, String up) {
    var nav = new StringBuilder("<a class=\"home\" href=\"" + up + "README.html\">Belay</a>");
    section(nav, "Guide", page, up, name -> name.startsWith("docs/guide/"));
    section(
        nav,
        "Design",
        page,
        up,
        name ->
            name.startsWith("docs/")
                && !name.startsWith("docs/guide/")
                && !name.contains("/decisions/"));
    section(nav, "Project", page, up, name -> !name.contains("/") && !name.equals("README.md"));
    nav.append("<details open><summary>API</summary><ul>");
    for (String module : new TreeSet<>(modules.values())) {
      nav.append("<li><a href=\"%sapi/%s/index.html\">%s</a></li>".formatted(up, module, module));
    }
    return nav.append("</ul></details>").toString();
  }

  private void section(
      StringBuilder nav, String name, String page, String up, Predicate<String> belongs) {
    nav.append("<details open><summary>" + name + "</summary><ul>");
    titles.entrySet().stream()
        .filter(each -> belongs.test(each.getKey()))
        .sorted(Map.Entry.comparingByValue(String.CASE_INSENSITIVE_ORDER))
        .forEach(
            each ->
                nav.append(
                    "<li><a%s href=\"%s%s\">%s</a></li>"
                        .formatted(
                            each.getKey().equals(page) ? " aria-current=\"page\"" : "",
                            up,
                            each.getKey().replaceAll("\\.md$", ".html"),
                            escaped(each.getValue()))));
    nav.append("</ul></details>");
  }
}

/** Turns links of the repository into links of the site. */
static final class Links extends AbstractVisitor {
  private final Build build;
  private final Path folder;

  Links(Build build, String page) {
    this.build = build;
    this.folder = Path.of("/" + page).getParent();
  }

  @Override
  public void visit(Link link) {
    link.setDestination(target(link.getDestination()));
    visitChildren(link);
  }

  @Override
  public void visit(Image image) {
    image.setDestination(target(image.getDestination()));
    visitChildren(image);
  }

  private String target(String link) {
    if (link.startsWith("#") || link.matches("[a-z]+:.*")) {
      return link;
    }
    int hash = link.indexOf('#');
    String path = hash < 0 ? link : link.substring(0, hash);
    String fragment = hash < 0 ? "" : link.substring(hash);
    String name = slashed(folder.resolve(path).normalize()).substring(1);
    String file;
    if (name.endsWith(".md")) {
      file = name.substring(0, name.length() - 3) + ".html";
    } else if (build.modules.containsKey(name)) {
      file = "api/" + build.modules.get(name) + "/index.html";
    } else {
      build.linked.add(name);
      boolean picture = name.endsWith(".svg") || name.endsWith(".png");
      boolean isFolder = Files.isDirectory(build.root.resolve(name));
      file = isFolder ? name + "/index.html" : picture ? name : name + ".html";
    }
    return slashed(folder.relativize(Path.of("/" + file))) + fragment;
  }
}

/** Looks for links that lead nowhere, in our own pages. */
record Check(Path site) {
  List<String> problems() throws IOException {
    var problems = new ArrayList<String>();
    try (Stream<Path> files = Files.walk(site)) {
      for (Path page :
          files
              .filter(f -> f.toString().endsWith(".html") && !f.startsWith(site.resolve("api")))
              .sorted()
              .toList()) {
        Matcher link = HREF.matcher(Files.readString(page));
        while (link.find()) {
          if (!link.group(1).matches("[a-z]+:.*") && !leadsSomewhere(page, link.group(1))) {
            problems.add(site.relativize(page) + ": " + link.group(1) + " leads nowhere");
          }
        }
      }
    }
    return problems;
  }

  private static boolean leadsSomewhere(Path page, String link) throws IOException {
    int hash = link.indexOf('#');
    String path = hash < 0 ? link : link.substring(0, hash);
    Path file = path.isEmpty() ? page : page.resolveSibling(path).normalize();
    if (!Files.isRegularFile(file)) {
      return false;
    }
    if (hash < 0) {
      return true;
    }
    String fragment = URLDecoder.decode(link.substring(hash + 1), StandardCharsets.UTF_8);
    return ID.matcher(Files.readString(file))
        .results()
        .anyMatch(id -> id.group(1).equals(fragment));
  }
}

static final String CSS =
    """
    :root { color-scheme: light dark; --ink: #1d2329; --soft: #5a6570; --line: #d9dee3; --paper: #fff;
      --shade: #f4f6f8; --link: #0b5cad; }
    @media (prefers-color-scheme: dark) {
      :root { --ink: #dde3e9; --soft: #98a4b0; --line: #333c45; --paper: #14181c; --shade: #1d2329;
        --link: #7ab8f5; }
    }
    * { box-sizing: border-box; }
    body { margin: 0; display: flex; color: var(--ink); background: var(--paper);
      font: 16px/1.6 system-ui, sans-serif; }
    a { color: var(--link); text-decoration: none; }
    a:hover { text-decoration: underline; }
    nav { flex: 0 0 17rem; height: 100vh; position: sticky; top: 0; overflow-y: auto; padding: 1.5rem 1.2rem;
      border-right: 1px solid var(--line); background: var(--shade); font-size: .875rem; line-height: 1.4; }
    nav .home { font-size: 1.3rem; font-weight: 700; color: var(--ink); }
    nav summary { margin-top: 1.2rem; font-weight: 600; color: var(--soft); cursor: pointer; }
    nav ul { list-style: none; margin: .4rem 0 0; padding: 0; }
    nav li { padding: .2rem 0 .2rem .6rem; }
    nav [aria-current] { font-weight: 600; color: var(--ink); }
    main { flex: 1; min-width: 0; max-width: 60rem; padding: 1.5rem 3rem 5rem; }
    h1 { font-size: 2rem; line-height: 1.25; } h2 { margin-top: 2.4rem; }
    h1, h2, h3 { text-wrap: balance; }
    code { font: .875em/1.5 ui-monospace, monospace; background: var(--shade); padding: .1em .3em;
      border-radius: 4px; }
    pre { padding: .9rem 1.1rem; overflow-x: auto; border: 1px solid var(--line); border-radius: 8px;
      background: var(--shade); }
    pre code { padding: 0; background: none; font-size: .8125rem; }
    img { max-width: 100%; background: #fff; border-radius: 8px; }
    .wide { overflow-x: auto; }
    table { border-collapse: collapse; font-size: .925rem; }
    th, td { padding: .45rem .8rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
    th { color: var(--soft); }
    @media (max-width: 50rem) {
      body { display: block; } nav { height: auto; position: static; border: 0; }
      main { padding: 1rem 1.2rem 4rem; }
    }
    """;
