package dev.belay.postgres;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What a server, and all that is needed to start it, print.
 *
 * @param file where that goes
 * @param start where in the file this run begins, in bytes; before it are earlier runs
 */
record ServerLog(Path file, int start) {
  private static final int TAIL_LINES = 30;

  /** Returns the log of a run that is to start now. */
  static ServerLog of(Path file) throws IOException {
    return new ServerLog(file, Files.exists(file) ? Math.toIntExact(Files.size(file)) : 0);
  }

  /** Returns the last lines of this run, as text to follow a message. */
  String tail() {
    try {
      byte[] bytes = Files.readAllBytes(file);
      String run = new String(bytes, start, bytes.length - start, StandardCharsets.UTF_8);
      List<String> lines = run.lines().toList();
      List<String> last = lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size());
      return "; the end of " + file + ":\n" + String.join("\n", last);
    } catch (IOException e) {
      return "; " + file + " could not be read: " + e;
    }
  }
}
