package dev.belay.bench.overload;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A call of the backend. Times are in microseconds, since 1970.
 *
 * @param id of the request that it was made for
 * @param whole whether its caller was there until it ended
 */
record Call(long id, long begun, long ended, boolean whole) {
  static List<Call> read(Path log) throws IOException {
    return Files.readAllLines(log).stream().map(Call::parse).toList();
  }

  private static Call parse(String line) {
    String[] parts = line.split(" ", -1);
    return new Call(
        Long.parseLong(parts[0]),
        Long.parseLong(parts[1]),
        Long.parseLong(parts[2]),
        Boolean.parseBoolean(parts[3]));
  }
}
