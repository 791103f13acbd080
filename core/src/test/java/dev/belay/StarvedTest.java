package dev.belay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** R40: an error on any thread leaves no lock held and no timer dead. */
class StarvedTest {

  @Test
  @DisplayName("R40: after an exhausted heap every deadline passes")
  void anExhaustedHeap() throws Exception {
    starve("-Xmx48m", "heap", 150);
  }

  @Test
  @DisplayName("R40: after an exhausted stack no context is locked")
  void anExhaustedStack() throws Exception {
    starve("-Xss256k", "stack", 1850);
  }

  private static void starve(String option, String kind, int rounds) throws Exception {
    Path launcher = Path.of(System.getProperty("java.home"), "bin", "java");
    String classes = String.join(File.pathSeparator, "target/classes", "target/test-classes");
    Process process =
        new ProcessBuilder(
                launcher.toString(),
                option,
                "-XX:+UseSerialGC",
                "-cp",
                classes,
                Starved.class.getName(),
                kind,
                Integer.toString(rounds))
            .redirectErrorStream(true)
            .start();
    try {
      String output = new String(process.getInputStream().readAllBytes(), UTF_8);
      assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
      assertThat(output)
          .contains(rounds + " rounds")
          .contains("0 stuck")
          .doesNotContain(" 0 errors");
      assertThat(process.exitValue()).isZero();
    } finally {
      process.destroyForcibly();
    }
  }
}
