/**
 * Makes what a release publishes, in a folder, and tries it: {@code Release.java ROOT VERSION
 * MAVEN_HOME CACHE [sign]}.
 *
 * <p>The last commit is exported twice, gets VERSION, and is built twice without tests. Both builds
 * must give the same bytes. Each artifact must have all that Maven Central asks for but the
 * signature, which {@code sign} adds. Then the quickstart is built against the folder, with an
 * empty local repository. The result is {@code target/release/repository}; no other place is
 * written to.
 */
static final String DEVELOPMENT = "0.1.0-SNAPSHOT";

void main(String[] args) throws Exception {
  Path root = Path.of(args[0]).toAbsolutePath().normalize();
  String version = args[1];
  Path home = Path.of(args[2]);
  Path cache = Path.of(args[3]);
  boolean sign = args.length > 4;
  Path work = root.resolve("target/release");
  delete(work);
  Path repository = Files.createDirectories(work.resolve("repository"));
  Path again = Files.createDirectories(work.resolve("again"));
  build(home, export(root, version, work.resolve("first")), repository, sign);
  build(home, export(root, version, work.resolve("second")), again, false);
  var problems = new ArrayList<String>();
  compare(repository, again, problems);
  complete(repository, version, sign, problems);
  IO.println("The quickstart, with nothing but that folder:");
  Path quickstart = work.resolve("first/docs/quickstart");
  Path empty = Files.createDirectories(work.resolve("local"));
  var user = new UserBuild(home, empty, cache, work.resolve("user"), repository);
  if (user.run(quickstart, "-q", "verify") != 0) {
    problems.add("the quickstart does not build with " + repository);
  }
  problems.forEach(System.err::println);
  IO.println(
      "release %s: %s, %d problems"
          .formatted(version, root.relativize(repository), problems.size()));
  System.exit(problems.isEmpty() ? 0 : 1);
}

/** The last commit, with its version set. */
Path export(Path root, String version, Path to) throws Exception {
  Files.createDirectories(to);
  Path tar = to.resolveSibling("source.tar");
  run(root, "git", "archive", "--output", tar.toString(), "HEAD");
  run(to, "tar", "-xf", tar.toString());
  try (Stream<Path> files = Files.walk(to)) {
    for (Path pom : files.filter(f -> f.endsWith("pom.xml")).toList()) {
      Files.writeString(pom, Files.readString(pom).replace(DEVELOPMENT, version));
    }
  }
  return to;
}

void build(Path home, Path source, Path repository, boolean sign) throws Exception {
  IO.println("building " + source.getFileName() + ", which takes a minute or two");
  run(
      source,
      home.resolve("bin/mvn").toString(),
      "-B",
      "-ntp",
      "-q",
      sign ? "-Prelease,sign" : "-Prelease",
      "-DskipTests",
      // The pages name the version of development.
      "-Dformat=apply",
      "-Dspotless.check.skip=true",
      "-Djacoco.skip=true",
      "-Dinvoker.skip=true",
      "-Dmaven.install.skip=true",
      "-DaltDeploymentRepository=release::" + repository.toUri(),
      "deploy");
}

void run(Path folder, String... command) throws Exception {
  int code = new ProcessBuilder(command).directory(folder.toFile()).inheritIO().start().waitFor();
  if (code != 0) {
    throw new IllegalStateException(String.join(" ", command) + ": exit code " + code);
  }
}

/** Two builds of one source must give the same bytes. */
void compare(Path first, Path second, List<String> problems) throws Exception {
  Map<String, String> sums = sums(first);
  Map<String, String> others = sums(second);
  sums.forEach(
      (name, sum) -> {
        if (!sum.equals(others.get(name))) {
          problems.add("not reproducible: " + name);
        }
      });
  IO.println("compared sha512 of " + sums.size() + " files of two builds");
}

Map<String, String> sums(Path repository) throws Exception {
  var sums = new TreeMap<String, String>();
  for (Path file : files(repository, ".*\\.(jar|pom|json)")) {
    byte[] digest = MessageDigest.getInstance("SHA-512").digest(Files.readAllBytes(file));
    sums.put(file.getFileName().toString(), HexFormat.of().formatHex(digest));
  }
  return sums;
}

void complete(Path repository, String version, boolean sign, List<String> problems)
    throws Exception {
  for (Path pom : files(repository, ".*\\.pom")) {
    String stem = pom.toString().replaceAll("\\.pom$", "");
    String text = Files.readString(pom);
    boolean jar = !text.contains("<packaging>pom");
    if (text.contains("<parent>") || text.contains("SNAPSHOT") || text.contains("${revision}")) {
      problems.add(pom.getFileName() + " names a parent or a version of development");
    }
    var wanted = new ArrayList<String>(List.of(".pom"));
    if (jar) {
      wanted.addAll(List.of(".jar", "-sources.jar", "-javadoc.jar", "-cyclonedx.json"));
    }
    for (String ending : wanted) {
      Path file = Path.of(stem + ending);
      if (!Files.exists(file)) {
        problems.add("missing: " + file.getFileName());
      } else if (ending.endsWith(".jar")) {
        licensed(file, problems);
      }
      if (sign && !Files.exists(Path.of(stem + ending + ".asc"))) {
        problems.add("not signed: " + file.getFileName());
      }
    }
  }
}

void licensed(Path file, List<String> problems) throws IOException {
  try (var jar = new ZipFile(file.toFile())) {
    for (String name : List.of("META-INF/LICENSE", "META-INF/NOTICE")) {
      if (jar.getEntry(name) == null) {
        problems.add(file.getFileName() + " has no " + name);
      }
    }
  }
}

List<Path> files(Path folder, String pattern) throws IOException {
  try (Stream<Path> files = Files.walk(folder)) {
    return files.filter(f -> f.toString().matches(pattern)).sorted().toList();
  }
}

void delete(Path folder) throws IOException {
  if (Files.exists(folder)) {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
