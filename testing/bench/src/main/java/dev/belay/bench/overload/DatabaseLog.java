package dev.belay.bench.overload;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What PostgreSQL did, as it says itself: every statement that ran to its end, and every cancel.
 */
final class DatabaseLog {
  /** The start of each line, as a setting of the server. */
  static final String PREFIX = "%n|";

  private static final Pattern EXECUTED =
      Pattern.compile("(\\d+)\\.(\\d{3})\\|LOG: +duration: (\\d+)\\.(\\d{3}) ms +execute .*");
  private static final Pattern ID = Pattern.compile("[\\d.]+\\|DETAIL: .*\\$1 = '(\\d+)'.*");

  /**
   * A query that ran to its end. Times are in microseconds, since 1970.
   *
   * @param id of the request that it ran for
   */
  record Query(long id, long begun, long ended) {}

  private final Path file;
  private long read;

  DatabaseLog(Path file) {
    this.file = file;
  }

  /** What has ended since the last call. */
  List<Query> next() throws IOException {
    List<Query> queries = new ArrayList<>();
    long ended = 0;
    long took = 0;
    for (String line : lines()) {
      Matcher executed = EXECUTED.matcher(line);
      Matcher id = ID.matcher(line);
      if (executed.matches()) {
        ended = Long.parseLong(executed.group(1)) * 1_000_000 + millis(executed.group(2));
        took = millis(executed.group(3)) + Long.parseLong(executed.group(4));
      } else if (id.matches() && ended > 0) {
        queries.add(new Query(Long.parseLong(id.group(1)), ended - took, ended));
        ended = 0;
      }
    }
    return queries;
  }

  private static long millis(String number) {
    return Long.parseLong(number) * 1_000;
  }

  private List<String> lines() throws IOException {
    try (var log = new RandomAccessFile(file.toFile(), "r")) {
      log.seek(read);
      var text = new byte[Math.toIntExact(log.length() - read)];
      log.readFully(text);
      read += text.length;
      return new String(text, StandardCharsets.ISO_8859_1).lines().toList();
    }
  }
}
