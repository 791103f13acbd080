package dev.belay.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A real process gets real signals. */
@Tag("process")
class ProgramIT {

  @ParameterizedTest
  @CsvSource({"TERM, with", "INT, with", "TERM, without", "INT, without"})
  void aSignalEndsTheProgramWithItsOwnCode(String signal, String module) throws Exception {
    try (Child child = Child.start(module.equals("with"), "finishes")) {
      child.signal(signal);
      assertThat(child.rest())
          .contains("cause: " + (module.equals("with") ? "SIG" + signal : "signal"))
          .contains("1 finished, 0 cancelled, 0 stuck")
          .contains("closed");
      assertThat(child.exitCode()).isEqualTo(42);
    }
  }

  @ParameterizedTest
  @CsvSource({"TERM, 143", "INT, 130"})
  void aSecondSignalEndsItAtOnce(String signal, int code) throws Exception {
    try (Child child = Child.start(true, "waits")) {
      child.signal(signal);
      child.awaitLine("cause: SIG" + signal);
      child.signal(signal);
      assertThat(child.rest()).contains("a second signal").doesNotContain("closed");
      assertThat(child.exitCode()).isEqualTo(code);
    }
  }

  @Test
  void whatIsStuckIsReportedWithItsStack() throws Exception {
    try (Child child = Child.start(true, "stuck")) {
      child.signal("TERM");
      assertThat(child.rest())
          .contains("0 finished, 0 cancelled, 1 stuck")
          .containsPattern("at .*SignalledProgram\\.deaf")
          .contains("closed");
      assertThat(child.exitCode()).isOne();
    }
  }

  @ParameterizedTest
  @CsvSource({"with", "without"})
  void aProgramThatIgnoresTheEndIsHalted(String module) throws Exception {
    try (Child child = Child.start(module.equals("with"), "ignores")) {
      child.signal("TERM");
      assertThat(child.rest())
          .contains("not ended within PT0.5S: halted")
          .containsPattern("at .*SignalledProgram\\.deaf");
      assertThat(child.exitCode()).isOne();
    }
  }

  @ParameterizedTest
  @CsvSource({"with", "without"})
  void aProgramThatEndsByItselfKeepsItsCode(String module) throws Exception {
    try (Child child = Child.start(module.equals("with"), "ends")) {
      assertThat(child.exitCode()).isEqualTo(7);
    }
  }

  @Test
  void afterItSignalsAreTheJvmsAgain() throws Exception {
    try (Child child = Child.start(true, "lingers")) {
      child.awaitLine("ended");
      child.signal("TERM");
      assertThat(child.exitCode()).isEqualTo(143);
    }
  }

  /** {@link SignalledProgram} in a process of its own. */
  private static final class Child implements AutoCloseable {
    private final Process process;
    private final BufferedReader out;

    private Child(Process process) {
      this.process = process;
      this.out = process.inputReader();
    }

    static Child start(boolean withModule, String kind) throws IOException {
      // A shell's background job hands an ignored SIGINT on to all it starts.
      var command = new ArrayList<>(List.of("env", "--default-signal=INT"));
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      if (!withModule) {
        command.addAll(List.of("--limit-modules", "java.base,java.logging"));
      }
      command.addAll(
          List.of(
              "-cp",
              String.join(File.pathSeparator, "target/classes", "target/test-classes"),
              SignalledProgram.class.getName(),
              kind));
      var child = new Child(new ProcessBuilder(command).redirectErrorStream(true).start());
      child.awaitLine("open");
      return child;
    }

    void awaitLine(String part) throws IOException {
      var before = new StringBuilder();
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        if (line.contains(part)) {
          return;
        }
        before.append(line).append('\n');
      }
      throw new AssertionError("it ended without saying " + part + ":\n" + before);
    }

    String rest() throws IOException {
      return String.join("\n", out.lines().toList());
    }

    void signal(String name) throws Exception {
      String pid = Long.toString(process.pid());
      assertThat(new ProcessBuilder("kill", "-" + name, pid).start().waitFor()).isZero();
    }

    int exitCode() throws InterruptedException {
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("it ends").isTrue();
      return process.exitValue();
    }

    @Override
    public void close() {
      process.destroyForcibly();
    }
  }
}
