package dev.belay.resilience4j;

import dev.belay.testkit.VirtualClock;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.TimeUnit;

/** Breakers by a virtual clock: open after half of 4 calls, half-open with one probe. */
final class VirtualBreaker {
  static final int WINDOW = 4;
  static final Duration OPEN = Duration.ofSeconds(10);

  private VirtualBreaker() {}

  static CircuitBreaker of(VirtualClock clock) {
    return CircuitBreaker.of("backend", config(clock).build());
  }

  static CircuitBreakerConfig.Builder config(VirtualClock clock) {
    return CircuitBreakerConfig.custom()
        .slidingWindowSize(WINDOW)
        .minimumNumberOfCalls(WINDOW)
        .failureRateThreshold(50)
        .waitDurationInOpenState(OPEN)
        .permittedNumberOfCallsInHalfOpenState(1)
        .clock(new Instants(clock))
        .currentTimestampFunction(unused -> clock.nanoTime(), TimeUnit.NANOSECONDS);
  }

  private static final class Instants extends Clock {
    private final VirtualClock clock;

    Instants(VirtualClock clock) {
      this.clock = clock;
    }

    @Override
    public Instant instant() {
      return clock.instant();
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      throw new UnsupportedOperationException("a breaker asks for instants alone");
    }
  }
}
