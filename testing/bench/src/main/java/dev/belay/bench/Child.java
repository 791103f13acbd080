package dev.belay.bench;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A JVM of its own. It says at which port it listens once it is ready, answers each line that it is
 * sent with one line, and ends with its standard input, so it never outlives this process. Used by
 * one thread.
 */
public final class Child implements AutoCloseable {
  private final Process process;
  private final BufferedReader answers;
  private final Writer commands;
  private final int port;

  /** What a child does when it is asked. */
  public interface Command {
    void run() throws Exception;
  }

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
  public static Child start(Class<?> main, File log, String... args) throws IOException {
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

  public int port() {
    return port;
  }

  /**
   * For the child: says at which port it listens, and answers each line of its standard input by
   * running {@code command}, until that ends.
   */
  public static void serve(int port, Command command) throws Exception {
    System.out.println(port);
    var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    while (in.readLine() != null) {
      command.run();
      System.out.println("done");
    }
  }

  /** Sends a command and waits until it is done. */
  public String ask(String command) throws IOException {
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
  public Duration processorTime() {
    return process.info().totalCpuDuration().orElse(Duration.ZERO);
  }

  /**
   * Sends SIGTERM and waits for its exit.
   *
   * @throws IOException if it has not ended after two minutes, or with another code than 0
   */
  public void terminate() throws IOException, InterruptedException {
    process.destroy();
    if (!process.waitFor(2, TimeUnit.MINUTES) || process.exitValue() != 0) {
      throw new IOException("a process of the measurement did not end well");
    }
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
