package dev.belay.testkit.faults;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.opentest4j.TestAbortedException;

/**
 * A process of the operating system that does not answer: it writes nothing, ends by itself only
 * with this JVM, and ignores the request to end (SIGTERM); only by force does it end. Whoever
 * starts it closes it.
 */
public final class StalledProcess implements AutoCloseable {
  private static final File SHELL = new File("/bin/sh");

  /** It has said that it ignores the signal; then it waits for what never comes. */
  private static final String SCRIPT = "trap '' TERM; echo ready; read never";

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
