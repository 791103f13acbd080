package dev.belay.testkit.faults;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.opentest4j.TestAbortedException;

/**
 * A process of the operating system that does not answer: it writes nothing, ignores the request to
 * end (SIGTERM), and ends only by force, or by itself after ten minutes. The test that starts it
 * closes it.
 */
public final class StalledProcess implements AutoCloseable {
  private static final File SHELL = new File("/bin/sh");

  /** It says that it ignores the signal, as what it becomes then does, too. */
  private static final String SCRIPT = "trap '' TERM; echo ready; exec sleep 600";

  private final Process process;

  private StalledProcess(Process process) {
    this.process = process;
  }

  /**
   * Starts one.
   *
   * @throws TestAbortedException where there is no {@code /bin/sh}
   */
  public static StalledProcess start() throws IOException {
    if (!SHELL.canExecute()) {
      throw new TestAbortedException("a stalled process needs " + SHELL);
    }
    Process process = new ProcessBuilder(SHELL.getPath(), "-c", SCRIPT).start();
    BufferedReader out = process.inputReader();
    if (!"ready".equals(out.readLine())) {
      process.destroyForcibly();
      throw new IOException("the shell did not run: " + SCRIPT);
    }
    return new StalledProcess(process);
  }

  /**
   * The process. Reads of {@link Process#inputReader()} and {@link Process#waitFor()} block until
   * it is killed.
   */
  public Process process() {
    return process;
  }

  /** Kills it, and waits until it is gone. An interrupt is kept. */
  @Override
  public void close() {
    process.destroyForcibly();
    boolean interrupted = false;
    while (process.isAlive()) {
      try {
        boolean unused = process.waitFor(1, TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
