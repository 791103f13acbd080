package dev.belay;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** R27 in a heap that is far too small for what is forgotten. */
class DroppedStress {
  private static final int FORGOTTEN = Integer.getInteger("belay.stress.forgotten", 100_000);
  private static final Pattern GROWN = Pattern.compile("grown by (\\d+) KB");
  private static final Pattern LINE = Pattern.compile("at line (\\d+)");

  @ParameterizedTest
  @ValueSource(strings = {"leaf", "derived"})
  @DisplayName("R27: forgotten timeouts of an hour leave nothing, and the report names their line")
  void forgottenTimeoutsLeaveNothing(String form) throws Exception {
    Process forgetful =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xmx64m",
                    "-XX:+UseSerialGC",
                    "-cp",
                    System.getProperty("java.class.path"),
                    ForgottenTimeouts.class.getName(),
                    Integer.toString(FORGOTTEN),
                    form))
            .redirectErrorStream(true)
            .start();
    String said = new String(forgetful.getInputStream().readAllBytes());
    assertThat(forgetful.waitFor()).as(said).isZero();
    assertThat(number(GROWN, said)).as(said).isLessThan(5 * 1024);
    assertThat(said)
        .contains("left in the parent: 0")
        .contains("made at dev.belay.ForgottenTimeouts." + form)
        .contains("(ForgottenTimeouts.java:" + number(LINE, said) + ")");
  }

  private static int number(Pattern pattern, String said) {
    Matcher matcher = pattern.matcher(said);
    assertThat(matcher.find()).as(said).isTrue();
    return Integer.parseInt(matcher.group(1));
  }
}
