package dev.belay.bench.overload;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** The time that all processes and PostgreSQL's log share. */
final class Clock {
  private Clock() {}

  /** Microseconds since 1970. */
  static long micros() {
    return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
  }
}
