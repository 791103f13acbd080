package dev.belay.bench.overload;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.Writer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A JVM of its own. It says at which port it listens once it is ready, answers each line that it is
 * sent with one line, and ends with its standard input, so it never outlives this process. Used by
 * one thread.
 */
final class Child implements AutoCloseable {
  private final Process process;
  private final BufferedReader answers;
  private final Writer commands;
  private final int port;

  private Child(Process process) throws IOException {
    this.process = process;
    this.answers = process.inputReader();
    this.commands = process.outputWriter();
    this.port = Integer.parseInt(answer());
  }

  /**
   * Starts {@code main} and waits until it is ready.
   *
   * @param log where its standard error goes
   */
  static Child start(Class<?> main, File log, String... args) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElse("java"));
    command.addAll(List.of("-Xms256m", "-Xmx512m", "-XX:+UseSerialGC", "--enable-preview"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(List.of(args));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.appendTo(log)).start();
    try {
      return new Child(process);
    } catch (IOException | RuntimeException e) {
      process.destroyForcibly();
      throw new IOException(main.getSimpleName() + " did not start: see " + log, e);
    }
  }

  int port() {
    return port;
  }

  /** Sends a command and waits until it is done. */
  String ask(String command) throws IOException {
    commands.write(command + "\n");
    commands.flush();
    return answer();
  }

  private String answer() throws IOException {
    String line = answers.readLine();
    if (line == null) {
      throw new IOException("a process of the measurement has ended");
    }
    return line;
  }

  /** The processor time that it has used so far. */
  Duration processorTime() {
    return process.info().totalCpuDuration().orElse(Duration.ZERO);
  }

  @Override
  public void close() {
    try {
      commands.close();
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (IOException e) {
      process.destroyForcibly();
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
