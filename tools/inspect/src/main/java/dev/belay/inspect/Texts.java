package dev.belay.inspect;

import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** How durations and values are written. */
final class Texts {
  private Texts() {}

  /** Three digits at most: {@code 120ms}, {@code 1.57s}, {@code 3m20s}, {@code 2h5m}. */
  static String time(long nanos) {
    if (nanos < 1_000_000) {
      return nanos / 1_000 + "µs";
    }
    if (nanos < 1_000_000_000) {
      return nanos / 1_000_000 + "ms";
    }
    if (nanos < 60_000_000_000L) {
      String digits = String.format(Locale.ROOT, "%.2f", Math.floorDiv(nanos, 10_000_000L) / 100.0);
      return digits.replaceAll("\\.?0+$", "") + "s";
    }
    long seconds = nanos / 1_000_000_000;
    return seconds < 3_600
        ? seconds / 60 + "m" + seconds % 60 + "s"
        : seconds / 3_600 + "h" + seconds % 3_600 / 60 + "m";
  }

  static String count(int count, String thing) {
    return count == 1 ? "1 " + thing : count + " " + thing + "s";
  }

  static String seconds(long seconds) {
    return seconds < 60 ? seconds + "s" : time(seconds * 1_000_000_000);
  }

  /** Time left until a deadline, in words. */
  static String left(long nanos) {
    return nanos == Long.MAX_VALUE
        ? "no deadline"
        : nanos == 0 ? "no time left" : time(nanos) + " left";
  }

  static String values(Map<String, String> values) {
    return values.isEmpty()
        ? ""
        : values.entrySet().stream()
            .map(each -> each.getKey() + "=" + each.getValue())
            .collect(Collectors.joining(", ", " {", "}"));
  }
}
