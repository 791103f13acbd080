package dev.belay.demo;

import org.jspecify.annotations.Nullable;

/** Text that others have sent, made fit for a log: one line, nothing but what prints, short. */
public final class Printable {
  private static final int LONGEST = 200;

  private Printable() {}

  /** {@code text} with a question mark for every character that a terminal or a log may obey. */
  public static String of(@Nullable String text) {
    String known = String.valueOf(text).strip();
    String printable =
        known
            .substring(0, Math.min(known.length(), LONGEST))
            .replaceAll("[\\p{C}\\p{Zl}\\p{Zp}]", "?");
    return known.length() <= LONGEST ? printable : printable + "…";
  }

  /** The kind of a failure and its message. */
  public static String of(Throwable failure) {
    return of(failure.getClass().getSimpleName() + ": " + failure.getMessage());
  }
}
