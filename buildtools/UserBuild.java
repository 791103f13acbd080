import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A Maven build as a user would run it: by the Maven of this build, on this JVM, with a local
 * repository of its own.
 *
 * <p>The local repository has our artifacts and nothing else at first. What others have published
 * is looked for in the local repository of this build before the net.
 */
final class UserBuild {
  private final Path mavenHome;
  private final Path local;
  private final Path settings;

  /** Keeps its settings in {@code work}; {@code more} are repositories to ask beside the cache. */
  UserBuild(Path mavenHome, Path local, Path cache, Path work, Path... more) throws IOException {
    this.mavenHome = mavenHome;
    this.local = local;
    this.settings = Files.createDirectories(work).resolve("settings.xml").toAbsolutePath();
    var repositories = new StringBuilder(repository("cache", cache));
    for (Path folder : more) {
      repositories.append(repository(folder.getFileName().toString(), folder));
    }
    Files.writeString(
        settings,
        SETTINGS.formatted(
            repositories, repository("cache", cache).replace("repository>", "pluginRepository>")));
  }

  /** A local repository has no checksums for what was fetched without. */
  private static String repository(String id, Path folder) {
    return """
        <repository>
          <id>%s</id>
          <url>%s</url>
          <releases><checksumPolicy>ignore</checksumPolicy></releases>
          <snapshots><enabled>false</enabled></snapshots>
        </repository>
        """
        .formatted(id, folder.toUri());
  }

  /** Runs Maven in {@code project} and returns its exit code. */
  int run(Path project, String... arguments) throws IOException, InterruptedException {
    var command = new ArrayList<String>();
    command.add(mavenHome.resolve("bin/mvn").toString());
    command.addAll(List.of("-B", "-ntp", "-gs", settings.toString()));
    command.add("-Dmaven.repo.local=" + local.toAbsolutePath());
    command.addAll(List.of(arguments));
    var build = new ProcessBuilder(command);
    build.directory(project.toFile()).inheritIO();
    build.environment().put("JAVA_HOME", System.getProperty("java.home"));
    return build.start().waitFor();
  }

  /** Copies a project without what was built in it. */
  static Path copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path name = from.relativize(file);
        if (!name.startsWith("target")) {
          Files.createDirectories(to.resolve(name).getParent());
          Files.copy(file, to.resolve(name), StandardCopyOption.REPLACE_EXISTING);
        }
      }
    }
    return to;
  }

  private static final String SETTINGS =
      """
      <settings>
        <profiles>
          <profile>
            <id>folders</id>
            <repositories>
              %s
            </repositories>
            <pluginRepositories>
              %s
            </pluginRepositories>
          </profile>
        </profiles>
        <activeProfiles><activeProfile>folders</activeProfile></activeProfiles>
      </settings>
      """;
}
