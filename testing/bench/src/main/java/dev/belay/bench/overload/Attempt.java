package dev.belay.bench.overload;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * One request of a client, as a line of text. Times are in microseconds, since 1970.
 *
 * @param id even for a client's first, the next number for its second
 * @param due when it was to be sent; from then on it is timed
 * @param patience after which its client leaves
 * @param status of the answer; 0 if the client left before, -1 if the connection broke
 * @param took until the answer, or until the client left
 */
record Attempt(long id, long due, long patience, int status, long took) {
  static final int LEFT = 0;
  static final int BROKEN = -1;

  boolean answered() {
    return status == 200;
  }

  boolean isFirst() {
    return id % 2 == 0;
  }

  /** When its client had what it wanted, or left. */
  long over() {
    return due + took;
  }

  String text() {
    return "%d %d %d %d %d".formatted(id, due, patience, status, took);
  }

  static Map<Long, Attempt> read(Path file) throws IOException {
    Map<Long, Attempt> found = new HashMap<>();
    for (String line : Files.readAllLines(file)) {
      String[] parts = line.split(" ", -1);
      var attempt =
          new Attempt(
              Long.parseLong(parts[0]),
              Long.parseLong(parts[1]),
              Long.parseLong(parts[2]),
              Integer.parseInt(parts[3]),
              Long.parseLong(parts[4]));
      found.put(attempt.id, attempt);
    }
    return found;
  }
}
