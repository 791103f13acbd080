/**
 * Checks or rewrites the pages: {@code Docs.java check|apply ROOT}.
 *
 * <p>A code block stands below a comment that says where its text comes from: {@code <!-- from:
 * FILE -->} for all of a file, {@code <!-- from: FILE#REGION -->} for what is between {@code @start
 * region=REGION} and {@code @end region=REGION} there (the marks of Javadoc's snippets). Java and
 * XML blocks must have one. A link to a file must lead to one.
 */
static final Pattern FROM = Pattern.compile("<!-- from: ([^#\\s]+)(?:#([\\w-]+))? -->");

static final Pattern MARK = Pattern.compile("@(start|end) region=([\\w-]+)");
static final Pattern LINK =
    Pattern.compile("\\]\\(([^)#\\s]+)(?:#[^)]*)?\\)|(?:src|srcset)=\"([^\"]+)\"");

void main(String[] args) throws IOException {
  boolean apply = args[0].equals("apply");
  Path root = Path.of(args[1]);
  List<Path> pages;
  try (Stream<Path> top = Files.list(root);
      Stream<Path> docs = Files.walk(root.resolve("docs"))) {
    pages =
        Stream.concat(top, docs)
            .filter(file -> file.toString().endsWith(".md"))
            .filter(file -> !root.relativize(file).toString().contains("target/"))
            .sorted()
            .toList();
  }
  var problems = new ArrayList<String>();
  for (Path page : pages) {
    new Page(root, page, problems).process(apply);
  }
  problems.forEach(IO::println);
  IO.println("docs " + args[0] + ": " + pages.size() + " pages, " + problems.size() + " problems");
  if (!problems.isEmpty()) {
    System.exit(1);
  }
}

record Page(Path root, Path file, List<String> problems) {

  void process(boolean apply) throws IOException {
    List<String> before = Files.readAllLines(file);
    var after = new ArrayList<String>();
    Matcher from = null;
    for (int i = 0; i < before.size(); i++) {
      String line = before.get(i);
      after.add(line);
      if (line.startsWith("```")) {
        int end = i + 1;
        while (end < before.size() && !before.get(end).equals("```")) {
          end++;
        }
        List<String> body = before.subList(i + 1, end);
        after.addAll(from == null ? unsourced(line, i, body) : sourced(from, i, body, apply));
        after.add("```");
        i = end;
        from = null;
        continue;
      }
      checkLinks(line, i);
      Matcher comment = FROM.matcher(line);
      if (from != null) {
        problem(i, "no code block below " + from.group());
      }
      from = comment.matches() ? comment : null;
    }
    if (apply && !after.equals(before)) {
      Files.write(file, after);
      IO.println("rewritten: " + root.relativize(file));
    }
  }

  private List<String> unsourced(String fence, int line, List<String> body) {
    if (fence.equals("```java") || fence.equals("```xml")) {
      problem(line, "a code block without <!-- from: FILE#REGION --> above it");
    }
    return body;
  }

  private List<String> sourced(Matcher from, int line, List<String> body, boolean apply)
      throws IOException {
    List<String> wanted = text(from.group(1), from.group(2), line);
    if (wanted == null) {
      return body;
    }
    if (!apply && !wanted.equals(body)) {
      problem(line, "is not what " + from.group(1) + " says; run: ./build format");
    }
    return wanted;
  }

  private List<String> text(String name, String region, int line) throws IOException {
    Path source = root.resolve(name);
    if (!Files.exists(source)) {
      problem(line, "there is no " + name);
      return null;
    }
    List<String> all = Files.readAllLines(source);
    List<String> kept = region == null ? all : region(all, region);
    if (kept == null) {
      problem(line, "no region " + region + " in " + name);
      return null;
    }
    return dedented(kept.stream().filter(each -> !MARK.matcher(each).find()).toList());
  }

  private static List<String> region(List<String> lines, String region) {
    int start = -1;
    for (int i = 0; i < lines.size(); i++) {
      Matcher mark = MARK.matcher(lines.get(i));
      if (mark.find() && mark.group(2).equals(region)) {
        if (mark.group(1).equals("end")) {
          return start < 0 ? null : lines.subList(start, i);
        }
        start = i + 1;
      }
    }
    return null;
  }

  private static List<String> dedented(List<String> lines) {
    int indent =
        lines.stream()
            .filter(line -> !line.isBlank())
            .mapToInt(line -> line.length() - line.stripLeading().length())
            .min()
            .orElse(0);
    String text =
        lines.stream()
            .map(line -> line.isBlank() ? "" : line.substring(indent))
            .dropWhile(String::isEmpty)
            .collect(Collectors.joining("\n"));
    return text.stripTrailing().lines().toList();
  }

  private void checkLinks(String text, int line) {
    Matcher links = LINK.matcher(text);
    while (links.find()) {
      String target = links.group(1) != null ? links.group(1) : links.group(2);
      if (!target.contains("://") && !Files.exists(file.resolveSibling(target))) {
        problem(line, "the link leads nowhere: " + target);
      }
    }
  }

  private void problem(int line, String what) {
    problems.add(root.relativize(file) + ":" + (line + 1) + ": " + what);
  }
}
