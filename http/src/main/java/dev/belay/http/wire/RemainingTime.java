package dev.belay.http.wire;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * What the value of a {@link RemainingTimeHeader} says. Two forms are understood, whatever the
 * header's name: whole milliseconds ({@code 1500}, at most 10 digits) and gRPC's ({@code 200m}, at
 * most 8 digits and one of the units {@code H M S m u n}). Either may be negative, which counts as
 * zero: the sender's time was up when it wrote the header. Immutable.
 */
public sealed interface RemainingTime {

  /** No such header: the sender has no deadline, or keeps it to itself. */
  record Absent() implements RemainingTime {
    private static final Absent INSTANCE = new Absent();
  }

  /**
   * The sender waits this long.
   *
   * @param left zero or more; at most 99,999,999 hours
   */
  record Known(Duration left) implements RemainingTime {}

  /**
   * The value is neither form.
   *
   * @param reason one sentence about the value that repeats nothing of it, so that it can be logged
   */
  record Refused(String reason) implements RemainingTime {}

  /**
   * Reads a header's value. Never throws, and looks at no more than 11 characters.
   *
   * @param value the value without space around it; several fields of one name are one value,
   *     joined by commas, and so refused; null if there is none
   */
  static RemainingTime parse(@Nullable String value) {
    if (value == null) {
      return Absent.INSTANCE;
    }
    boolean negative = value.startsWith("-");
    RemainingTime time = magnitude(negative ? value.substring(1) : value);
    return negative && time instanceof Known ? new Known(Duration.ZERO) : time;
  }

  private static RemainingTime magnitude(String value) {
    if (value.length() > 10) {
      return new Refused("the remaining time has " + value.length() + " characters, more than 10");
    }
    int digits = 0;
    while (digits < value.length() && isDigit(value.charAt(digits))) {
      digits++;
    }
    if (digits == 0) {
      return new Refused("the remaining time does not begin with a digit");
    }
    long amount = Long.parseLong(value, 0, digits, 10);
    if (digits == value.length()) {
      return new Known(Duration.ofMillis(amount));
    }
    if (digits > 8) {
      return new Refused(
          "the remaining time has " + digits + " digits before its unit, more than 8");
    }
    ChronoUnit unit = unit(value.charAt(digits));
    if (unit == null || digits + 1 < value.length()) {
      return new Refused("the remaining time does not end with one of the units H M S m u n");
    }
    return new Known(Duration.of(amount, unit));
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static @Nullable ChronoUnit unit(char c) {
    return switch (c) {
      case 'H' -> ChronoUnit.HOURS;
      case 'M' -> ChronoUnit.MINUTES;
      case 'S' -> ChronoUnit.SECONDS;
      case 'm' -> ChronoUnit.MILLIS;
      case 'u' -> ChronoUnit.MICROS;
      case 'n' -> ChronoUnit.NANOS;
      default -> null;
    };
  }
}
