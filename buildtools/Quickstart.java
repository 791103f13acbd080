/**
 * Builds a project as a user would: {@code Quickstart.java MAVEN_HOME PROJECT INSTALLED CACHE
 * WORK}.
 *
 * <p>A copy of PROJECT is built below WORK, by the Maven of this build on this JVM, with the local
 * repository INSTALLED, which has our artifacts and nothing else at first. What others have
 * published is looked for in CACHE, the local repository of this build, before the net.
 */
void main(String[] args) throws Exception {
  Path maven = Path.of(args[0], "bin", "mvn");
  Path project = Path.of(args[1]);
  Path installed = Path.of(args[2]);
  Path work = Files.createDirectories(Path.of(args[4]));
  copy(project, work.resolve("project"));
  Path settings = work.resolve("settings.xml");
  URI cache = Path.of(args[3]).toUri();
  Files.writeString(settings, SETTINGS.formatted(cache, cache));
  var build =
      new ProcessBuilder(
          maven.toString(),
          "-B",
          "-ntp",
          "-gs",
          settings.toString(),
          "-Dmaven.repo.local=" + installed,
          "verify");
  build.directory(work.resolve("project").toFile()).inheritIO();
  build.environment().put("JAVA_HOME", System.getProperty("java.home"));
  System.exit(build.start().waitFor());
}

static void copy(Path from, Path to) throws IOException {
  try (Stream<Path> files = Files.walk(from)) {
    for (Path file : files.filter(Files::isRegularFile).toList()) {
      Path name = from.relativize(file);
      if (!name.startsWith("target")) {
        Files.createDirectories(to.resolve(name).getParent());
        Files.copy(file, to.resolve(name), StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }
}

/** A local repository has no checksums for what was fetched without. */
static final String SETTINGS =
    """
    <settings>
      <profiles>
        <profile>
          <id>cache</id>
          <repositories>
            <repository>
              <id>cache</id>
              <url>%s</url>
              <releases><checksumPolicy>ignore</checksumPolicy></releases>
              <snapshots><enabled>false</enabled></snapshots>
            </repository>
          </repositories>
          <pluginRepositories>
            <pluginRepository>
              <id>cache</id>
              <url>%s</url>
              <releases><checksumPolicy>ignore</checksumPolicy></releases>
              <snapshots><enabled>false</enabled></snapshots>
            </pluginRepository>
          </pluginRepositories>
        </profile>
      </profiles>
      <activeProfiles><activeProfile>cache</activeProfile></activeProfiles>
    </settings>
    """;
