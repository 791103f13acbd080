package dev.belay;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a time limit beyond its length, which few contexts need: the deadline by the
 * wall clock, and what the time is spent on.
 */
final class Limit {
  private final Duration timeout;
  private final Steps steps = new Steps();

  /** Null until it is asked for, unless the limit was given so. Guarded by the monitor. */
  private @Nullable Instant deadline;

  Limit(Duration timeout, @Nullable Instant deadline) {
    this.timeout = timeout;
    this.deadline = deadline;
  }

  Duration timeout() {
    return timeout;
  }

  Steps steps() {
    return steps;
  }

  /** Computed once, so that every call gives the same (R12). */
  Instant deadline(DeadlineContext owner) {
    synchronized (this) {
      if (deadline != null) {
        return deadline;
      }
    }
    Instant now = owner.time().instant();
    Instant computed = now.plusNanos(owner.leftNanos());
    synchronized (this) {
      deadline = deadline == null ? computed : deadline;
      return deadline;
    }
  }
}
