package dev.belay.postgres;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Runs other programs with an environment that PostgreSQL's programs can be trusted to. */
final class Command {
  /** From the end of a program's output to its own. */
  private static final Duration EXIT_TIMEOUT = Duration.ofSeconds(10);

  private Command() {}

  /**
   * What a program that has ended left behind.
   *
   * @param status its exit status; as shells have it, 127 if it could not be started, 124 if it
   *     hung
   * @param output what it printed on both streams, trimmed
   */
  record Result(int status, String output) {
    boolean succeeded() {
      return status == 0;
    }
  }

  /** Returns a builder for {@code command}, to be run in {@code folder}. */
  static ProcessBuilder builder(Path folder, List<String> command) {
    // Not the caller's folder: another account may not be allowed to look at it.
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    // PGPORT and the like, meant for some other server, would change this one.
    builder.environment().keySet().removeIf(name -> name.startsWith("PG"));
    builder.environment().put("LC_ALL", "C");
    return builder;
  }

  /** Runs {@code command} to its end. A program that cannot be started is a result too. */
  static Result run(Path folder, List<String> command) {
    try {
      Process process = builder(folder, command).redirectErrorStream(true).start();
      process.getOutputStream().close();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!Await.uninterruptibly(EXIT_TIMEOUT, () -> !process.isAlive())) {
        process.destroyForcibly();
        return new Result(124, "printed this and did not end: " + output);
      }
      return new Result(process.exitValue(), output.strip());
    } catch (IOException e) {
      return new Result(127, String.valueOf(e.getMessage()));
    }
  }
}
