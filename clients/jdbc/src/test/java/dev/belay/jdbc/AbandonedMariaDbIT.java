package dev.belay.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.File;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What becomes of a MariaDB server whose program is gone. */
class AbandonedMariaDbIT {

  @Test
  void aKilledProgramLeavesNoServerAndNoData() throws Exception {
    MariaDbServer.program(); // or skipped
    Process program =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                classPath(),
                MariaDbHolder.class.getName())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader output = program.inputReader()) {
      ProcessHandle server = ProcessHandle.of(Long.parseLong(output.readLine())).orElseThrow();
      Path data = Path.of(output.readLine());
      assertThat(server.info().command().orElseThrow()).endsWith("/mariadbd");
      assertThat(data).isDirectory();

      program.destroyForcibly();

      server.onExit().get(20, TimeUnit.SECONDS);
      DatabaseFixture.await(() -> !data.toFile().exists(), "the data is removed");
    } finally {
      program.destroyForcibly();
    }
  }

  /** Everything this JVM has on either path: the program is not run as a module. */
  private static String classPath() {
    String name = MariaDbHolder.class.getName().replace('.', '/') + ".class";
    String file =
        Objects.requireNonNull(MariaDbHolder.class.getClassLoader().getResource(name)).getPath();
    return Stream.of(
            file.substring(0, file.length() - name.length() - 1),
            System.getProperty("jdk.module.path"),
            System.getProperty("java.class.path"))
        .filter(Objects::nonNull)
        .collect(Collectors.joining(File.pathSeparator));
  }
}
