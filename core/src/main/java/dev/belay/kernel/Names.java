package dev.belay.kernel;

import dev.belay.time.Nanos;
import java.time.Duration;

/** How names and durations are shown: bounded and escaped (R16). */
public final class Names {
  private static final int LIMIT = 80;

  private Names() {}

  public static String shown(String name) {
    var out = new StringBuilder(Math.min(name.length(), LIMIT) + 1);
    for (int i = 0; i < name.length(); i++) {
      if (out.length() >= LIMIT) {
        return out.append('…').toString();
      }
      char c = name.charAt(i);
      out.append(isShownAsItIs(c) ? String.valueOf(c) : "\\u%04x".formatted((int) c));
    }
    return out.toString();
  }

  /**
   * Not what breaks a line, ends a quotation, or reorders or hides text: besides controls these are
   * the separators of lines and paragraphs, and all format characters, such as the bidirectional
   * controls and those without width.
   */
  private static boolean isShownAsItIs(char c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE ->
          false;
      default -> c != '"' && c != '\\';
    };
  }

  public static String quoted(String name) {
    return '"' + shown(name) + '"';
  }

  /**
   * Three digits at most: {@code 2s}, {@code 1.57s}, {@code 120ms}, {@code 35µs}, {@code 3m20s}.
   */
  public static String time(Duration duration) {
    long nanos = Nanos.of(duration);
    if (nanos == Long.MAX_VALUE) {
      return "for ever";
    }
    if (nanos < 0) {
      return "-" + time(Duration.ofNanos(-Math.max(nanos, -Long.MAX_VALUE)));
    }
    if (nanos < 1_000_000) {
      return nanos < 1_000 ? nanos + "ns" : nanos / 1_000 + "µs";
    }
    if (nanos < 1_000_000_000L) {
      return nanos / 1_000_000 + "ms";
    }
    if (nanos < 60_000_000_000L) {
      long hundredths = nanos / 10_000_000;
      String fraction = "%02d".formatted(hundredths % 100).replaceAll("0+$", "");
      return hundredths / 100 + (fraction.isEmpty() ? "" : "." + fraction) + "s";
    }
    Duration whole = Duration.ofSeconds(nanos / 1_000_000_000L);
    return whole.toString().substring(2).toLowerCase(java.util.Locale.ROOT);
  }
}
