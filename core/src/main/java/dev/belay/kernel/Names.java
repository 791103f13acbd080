package dev.belay.kernel;

import dev.belay.time.Nanos;
import java.time.Duration;
import java.util.BitSet;

/** How names, foreign texts and durations are shown: bounded and escaped (R16). */
public final class Names {
  private static final int LIMIT = 80;
  private static final int TEXT_LIMIT = 500;

  /** What shows nothing, though its general category does not say so. */
  private static final BitSet INVISIBLE = new BitSet();

  static {
    INVISIBLE.set(0x034f); // combining grapheme joiner
    INVISIBLE.set(0x115f, 0x1160 + 1); // Hangul fillers
    INVISIBLE.set(0x17b4, 0x17b5 + 1); // Khmer inherent vowels
    INVISIBLE.set(0x180b, 0x180f + 1); // Mongolian variation selectors
    INVISIBLE.set(0x2800); // blank Braille pattern
    INVISIBLE.set(0x3164); // Hangul filler
    INVISIBLE.set(0xfe00, 0xfe0f + 1); // variation selectors
    INVISIBLE.set(0xffa0); // half-width Hangul filler
  }

  private Names() {}

  public static String shown(String name) {
    return shown(name, LIMIT, "\"\\");
  }

  /** What foreign code says of itself, such as a failure: longer than a name, and may quote. */
  public static String text(String text) {
    return shown(text, TEXT_LIMIT, "");
  }

  private static String shown(String text, int limit, String alsoEscaped) {
    var out = new StringBuilder(Math.min(text.length(), limit) + 1);
    for (int i = 0; i < text.length(); i++) {
      if (out.length() >= limit) {
        return out.append('…').toString();
      }
      char c = text.charAt(i);
      boolean asItIs = isVisible(c) && alsoEscaped.indexOf(c) < 0;
      out.append(asItIs ? String.valueOf(c) : "\\u%04x".formatted((int) c));
    }
    return out.toString();
  }

  /**
   * Not what breaks a line, or reorders or hides text: besides controls these are the separators of
   * lines and paragraphs, all format characters, such as the bidirectional controls and those
   * without width, and the fillers and variation selectors, which are letters and marks for Unicode
   * but show nothing.
   */
  private static boolean isVisible(char c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE ->
          false;
      default -> !INVISIBLE.get(c);
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
