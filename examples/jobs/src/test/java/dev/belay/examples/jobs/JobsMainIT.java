package dev.belay.examples.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A real process gets a real SIGTERM. It is halted, and says so, when it has not ended a second
 * after its grace.
 */
@Tag("process")
class JobsMainIT {

  @Test
  void idle() throws Exception {
    try (Child child = Child.start("--jobs=0", "--newsletter=0")) {
      child.awaitLine("Ctrl-C");
      child.terminate();
      assertThat(child.rest())
          .contains("shut down: 0 finished, 0 cancelled, 0 stuck")
          .contains("mails: 0 accepted, 0 finished")
          .contains("never started: []")
          .doesNotContain("halted");
      assertThat(child.exitCode()).isZero();
    }
  }

  @Test
  void busy() throws Exception {
    try (Child child = Child.start("--jobs=3", "--newsletter=0", "--seconds=1", "--grace=60")) {
      child.awaitLine("Ctrl-C");
      child.terminate();
      assertThat(child.rest())
          .contains("mail 1: sent", "mail 2: sent", "mail 3: sent")
          .contains(", 0 cancelled, 0 stuck")
          .contains("mails: 3 accepted, 3 finished")
          .doesNotContain("halted");
      assertThat(child.exitCode()).isZero();
    }
  }

  @Test
  void queueFull() throws Exception {
    try (Child child = Child.start("--jobs=104", "--newsletter=0", "--seconds=20", "--grace=1")) {
      child.awaitLine("mail 104: queue full: 100 of 100 waiting, 3 running");
      child.awaitLine("Ctrl-C");
      child.terminate();
      assertThat(child.rest())
          .contains("shut down: 0 finished, 3 cancelled, 0 stuck")
          .contains("mails: 103 accepted, 1 refused, 0 finished, 3 cancelled, 100 never started")
          .contains("mail 4, mail 5")
          .contains("mail 103]")
          .doesNotContain("halted");
      assertThat(child.exitCode()).isZero();
    }
  }

  @Test
  void aJobThatIgnoresItsEndIsReportedWithItsStack() throws Exception {
    try (Child child =
        Child.start("--jobs=3", "--newsletter=0", "--seconds=0.1", "--grace=2", "--deaf")) {
      child.awaitLine("mail 2: sent", "mail 3: sent", "deaf", "Ctrl-C");
      child.terminate();
      assertThat(child.rest())
          .contains("shut down: 0 finished, 0 cancelled, 1 stuck")
          .contains("mails: 3 accepted, 1 running, 2 finished")
          .containsPattern("at .*JobsMain\\.ignoreTheEnd")
          .doesNotContain("halted");
      assertThat(child.exitCode()).isOne();
    }
  }

  @Test
  void theDefaultShowsAFullQueue() throws Exception {
    try (Child child = Child.start("--grace=1")) {
      child.awaitLine("queue full: 100 of 100 waiting, 3 running");
      child.awaitLine("Ctrl-C");
      child.terminate();
      assertThat(child.rest()).contains("never started: [").doesNotContain("halted");
      assertThat(child.exitCode()).isZero();
    }
  }

  @Test
  void helpSaysWhatItDoes() throws Exception {
    try (Child child = Child.start("--help")) {
      assertThat(child.rest()).contains("./build example jobs").contains("--grace");
      assertThat(child.exitCode()).isZero();
    }
  }

  /** {@link JobsMain} in a process of its own. */
  private static final class Child implements AutoCloseable {
    private final Process process;
    private final BufferedReader out;

    private Child(Process process) {
      this.process = process;
      this.out = process.inputReader();
    }

    static Child start(String... arguments) throws IOException {
      var command =
          new ArrayList<>(
              List.of(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-cp",
                  System.getProperty("java.class.path"),
                  JobsMain.class.getName()));
      command.addAll(List.of(arguments));
      return new Child(new ProcessBuilder(command).redirectErrorStream(true).start());
    }

    /** Reads until each part was in some line. */
    void awaitLine(String... parts) throws IOException {
      var missing = new ArrayList<>(List.of(parts));
      var before = new StringBuilder();
      while (!missing.isEmpty()) {
        String line = out.readLine();
        if (line == null) {
          throw new AssertionError("it ended without saying " + missing + ":\n" + before);
        }
        missing.removeIf(line::contains);
        before.append(line).append('\n');
      }
    }

    String rest() throws IOException {
      return String.join("\n", out.lines().toList());
    }

    /** Sends SIGTERM. {@code Process.destroy} would close the streams as well. */
    void terminate() {
      assertThat(process.toHandle().destroy()).isTrue();
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
