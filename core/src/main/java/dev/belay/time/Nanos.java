package dev.belay.time;

import java.time.Duration;

/** Durations as nanoseconds that saturate instead of overflowing (R12). */
public final class Nanos {
  private Nanos() {}

  /** {@code duration} in nanoseconds, at most {@code Long.MAX_VALUE}. */
  public static long of(Duration duration) {
    long seconds = duration.getSeconds();
    if (seconds >= Long.MAX_VALUE / 1_000_000_000L) {
      return Long.MAX_VALUE;
    }
    if (seconds <= Long.MIN_VALUE / 1_000_000_000L) {
      return Long.MIN_VALUE;
    }
    return seconds * 1_000_000_000L + duration.getNano();
  }

  /** {@code now + nanos}, where {@code now} is not negative. */
  public static long after(long now, long nanos) {
    long sum = now + nanos;
    return nanos > 0 && sum < 0 ? Long.MAX_VALUE : sum;
  }
}
