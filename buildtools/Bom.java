import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/**
 * Checks that importing our BOM manages our artifacts and moves nothing else: {@code Bom.java
 * MAVEN_HOME PROJECT INSTALLED CACHE WORK}.
 *
 * <p>PROJECT imports our BOM between two marks, before the BOM of a framework. What Maven makes of
 * it is compared with what it makes of the same project without those lines. Ours are the artifacts
 * in INSTALLED that have a jar.
 */
void main(String[] args) throws Exception {
  Path installed = Path.of(args[2]);
  Path work = Path.of(args[4]);
  var build = new UserBuild(Path.of(args[0]), installed, Path.of(args[3]), work);
  String pom = Files.readString(Path.of(args[1], "pom.xml"));
  String without = pom.replaceAll("(?s)<!-- belay -->.*<!-- /belay -->", "");
  if (without.equals(pom)) {
    throw new IllegalStateException("the project does not mark where it imports our BOM");
  }
  Map<String, String> before = managed(build, work.resolve("without"), without);
  Map<String, String> after = managed(build, work.resolve("with"), pom);
  var problems = new ArrayList<String>();
  before.forEach(
      (name, version) -> {
        if (!version.equals(after.get(name))) {
          problems.add(name + " moves from " + version + " to " + after.get(name));
        }
      });
  var added = new TreeMap<>(after);
  added.keySet().removeAll(before.keySet());
  Map<String, String> ours = published(installed.resolve("dev/belay"));
  if (!added.equals(ours)) {
    problems.add("manages " + added + "\nbut published is " + ours);
  }
  problems.forEach(System.err::println);
  IO.println(
      "BOM: %d artifacts of ours, %d of the framework, %d problems"
          .formatted(added.size(), before.size(), problems.size()));
  System.exit(problems.isEmpty() ? 0 : 1);
}

/** What the project manages, as Maven sees it: versions by the name of an artifact. */
Map<String, String> managed(UserBuild build, Path folder, String pom) throws Exception {
  Files.createDirectories(folder);
  Files.writeString(folder.resolve("pom.xml"), pom);
  Path effective = folder.resolve("effective.xml").toAbsolutePath();
  String goal = "org.apache.maven.plugins:maven-help-plugin:3.5.1:effective-pom";
  if (build.run(folder, "-q", goal, "-Doutput=" + effective) != 0) {
    throw new IllegalStateException("Maven refuses " + folder.resolve("pom.xml"));
  }
  Element root =
      DocumentBuilderFactory.newInstance()
          .newDocumentBuilder()
          .parse(effective.toFile())
          .getDocumentElement();
  var managed = new TreeMap<String, String>();
  var management = (Element) root.getElementsByTagName("dependencyManagement").item(0);
  NodeList all = management.getElementsByTagName("dependency");
  for (int i = 0; i < all.getLength(); i++) {
    var dependency = (Element) all.item(i);
    String name =
        Stream.of("groupId", "artifactId", "type", "classifier")
            .map(part -> text(dependency, part))
            .collect(Collectors.joining(":"));
    managed.put(name, text(dependency, "version"));
  }
  return managed;
}

String text(Element element, String child) {
  NodeList found = element.getElementsByTagName(child);
  return found.getLength() == 0 ? "" : found.item(0).getTextContent();
}

Map<String, String> published(Path group) throws IOException {
  var published = new TreeMap<String, String>();
  try (Stream<Path> files = Files.walk(group)) {
    for (Path jar : files.filter(f -> f.toString().endsWith(".jar")).toList()) {
      Path version = jar.getParent();
      published.put(
          "dev.belay:" + version.getParent().getFileName() + "::",
          version.getFileName().toString());
    }
  }
  return published;
}
