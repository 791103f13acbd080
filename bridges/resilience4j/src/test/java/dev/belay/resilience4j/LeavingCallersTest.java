package dev.belay.resilience4j;

import static io.github.resilience4j.circuitbreaker.CircuitBreaker.State.CLOSED;
import static io.github.resilience4j.circuitbreaker.CircuitBreaker.State.HALF_OPEN;
import static io.github.resilience4j.circuitbreaker.CircuitBreaker.State.OPEN;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.CancellableContext;
import dev.belay.Context;
import dev.belay.ContextCallable;
import dev.belay.ContextEndedException;
import dev.belay.group.TaskGroup;
import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.bulkhead.BulkheadConfig;
import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.ratelimiter.RateLimiter;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import io.github.resilience4j.ratelimiter.RequestNotPermitted;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Callers that leave at random, in waves that run side by side: by a cancel or by a deadline,
 * before, in, and after the call. {@code -Dbelay.stress.callers} says how many. That no context and
 * no timer is left after each test is the extension's.
 */
class LeavingCallersTest {
  private static final int CALLERS = Integer.getInteger("belay.stress.callers", 10_000);
  private static final int WAVE = 250;

  /** What a caller does; it may fail in any way that its leaving explains. */
  private interface Call {
    void by(Context caller) throws Exception;
  }

  private final AtomicInteger left = new AtomicInteger();

  private void storm(Context ctx, Call call) throws Exception {
    var random = new Random(42);
    for (int begun = 0; begun < CALLERS; begun += WAVE) {
      List<CancellableContext> callers = new ArrayList<>();
      try (var group = TaskGroup.<Boolean>open(ctx)) {
        for (int i = 0; i < WAVE; i++) {
          boolean late = random.nextBoolean();
          Duration patience = Duration.ofNanos(random.nextInt(2_000_000));
          CancellableContext caller = late ? ctx.withTimeout(patience) : ctx.withCancel();
          callers.add(caller);
          group.fork("caller", c -> leave(caller, call));
        }
        Collections.shuffle(callers, random);
        for (CancellableContext caller : callers) {
          if (caller.deadline() == null) {
            caller.cancel();
          }
        }
        group.join();
      } finally {
        callers.forEach(CancellableContext::close);
      }
    }
    assertThat(left).as("every caller has left").hasValue((CALLERS + WAVE - 1) / WAVE * WAVE);
  }

  private boolean leave(Context caller, Call call) throws Exception {
    try {
      call.by(caller);
      return false;
    } catch (ContextEndedException | IOException e) {
      left.incrementAndGet();
      return true;
    }
  }

  /** A backend that never answers: only its caller's end ends the call, in one of two dresses. */
  private static <T> ContextCallable<T, Exception> never(boolean dressed) {
    return c -> {
      c.awaitDone();
      if (dressed) {
        throw new IOException("connection reset");
      }
      c.throwIfDone();
      throw new AssertionError("still active");
    };
  }

  @ParameterizedTest
  @EnumSource(names = {"CLOSED", "OPEN", "HALF_OPEN"})
  void theBreakerStaysAsItIs(State state, Context ctx) throws Exception {
    var policy =
        CircuitBreaker.of(
            "backend",
            CircuitBreakerConfig.custom()
                .slidingWindowSize(10)
                .minimumNumberOfCalls(10)
                .waitDurationInOpenState(Duration.ofHours(1))
                .permittedNumberOfCallsInHalfOpenState(3)
                .build());
    var breaker = ContextCircuitBreaker.of(policy);
    if (state != CLOSED) {
      policy.transitionToOpenState();
    }
    if (state == HALF_OPEN) {
      policy.transitionToHalfOpenState();
    }
    var turn = new AtomicInteger();
    storm(
        ctx,
        caller -> {
          try {
            breaker.call(caller, never(turn.incrementAndGet() % 2 == 0));
          } catch (CallNotPermittedException e) {
            caller.awaitDone();
            caller.throwIfDone();
          }
        });
    assertThat(policy.getState()).isEqualTo(state);
    assertThat(policy.getMetrics().getNumberOfBufferedCalls()).isZero();
    if (state == OPEN) {
      policy.transitionToHalfOpenState();
    }
    for (int i = 0; i < 3; i++) {
      assertThat(breaker.<String, RuntimeException>call(ctx, c -> "well")).isEqualTo("well");
    }
    assertThat(policy.getState()).isEqualTo(CLOSED);
  }

  @Test
  void theBulkheadHasAllItsPlaces(Context ctx) throws Exception {
    var policy =
        Bulkhead.of(
            "backend",
            BulkheadConfig.custom()
                .maxConcurrentCalls(5)
                .maxWaitDuration(Duration.ofHours(1))
                .build());
    var bulkhead = ContextBulkhead.of(policy);
    storm(ctx, caller -> bulkhead.call(caller, never(false)));
    assertThat(policy.getMetrics().getAvailableConcurrentCalls()).isEqualTo(5);
    assertThat(bulkhead).hasToString("ContextBulkhead backend, 0 of 5 in use, 0 waiting");
  }

  @Test
  void theLimiterHasAllItsPermissions(Context ctx) throws Exception {
    var policy =
        RateLimiter.of(
            "backend",
            RateLimiterConfig.custom()
                .limitForPeriod(1)
                .limitRefreshPeriod(Duration.ofHours(1))
                .timeoutDuration(Duration.ofHours(2))
                .build());
    var limiter = ContextRateLimiter.of(policy);
    limiter.call(ctx, c -> "the only one");
    storm(
        ctx,
        caller -> {
          try {
            limiter.call(caller, never(false));
          } catch (RequestNotPermitted e) {
            caller.awaitDone();
            caller.throwIfDone();
          }
        });
    assertThat(policy.getMetrics().getAvailablePermissions()).isZero();
    assertThat(policy.getMetrics().getNumberOfWaitingThreads()).isZero();
  }
}
