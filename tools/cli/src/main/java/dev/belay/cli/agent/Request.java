package dev.belay.cli.agent;

import java.time.Duration;

/**
 * What the command asks of the agent: one line over the socket.
 *
 * @param command which
 * @param json whether the answer is to be JSON
 * @param lines how many lines of the tree
 * @param apart how long to wait between two looks, or to record
 * @param file where to put a recording; empty for none
 */
public record Request(Command command, boolean json, int lines, Duration apart, String file) {
  /** What can be asked. */
  public enum Command {
    TREE,
    WAITS,
    ZOMBIES,
    LEAKS,
    DIFF,
    WATCH,
    RECORD
  }

  /** This request, with a file for the recording. */
  public Request into(String path) {
    return new Request(command, json, lines, apart, path);
  }

  /** As a line. */
  public String text() {
    return "%s %s %d %d %s".formatted(command, json, lines, apart.toMillis(), file);
  }

  /** The inverse of {@link #text}. */
  static Request of(String text) {
    String[] words = text.split(" ", 5);
    return new Request(
        Command.valueOf(words[0]),
        Boolean.parseBoolean(words[1]),
        Integer.parseInt(words[2]),
        Duration.ofMillis(Long.parseLong(words[3])),
        words[4]);
  }
}
