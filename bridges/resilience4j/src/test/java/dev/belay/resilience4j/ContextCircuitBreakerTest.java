package dev.belay.resilience4j;

import static io.github.resilience4j.circuitbreaker.CircuitBreaker.State.CLOSED;
import static io.github.resilience4j.circuitbreaker.CircuitBreaker.State.HALF_OPEN;
import static io.github.resilience4j.circuitbreaker.CircuitBreaker.State.OPEN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.belay.CancellableContext;
import dev.belay.Context;
import dev.belay.ContextCancelledException;
import dev.belay.ContextRunnable;
import dev.belay.DeadlineExceededException;
import dev.belay.testkit.VirtualClock;
import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ContextCircuitBreakerTest {
  private static final Duration MOMENT = Duration.ofMillis(1);
  private static final Duration LIMIT = Duration.ofMillis(300);

  private VirtualClock clock;
  private CircuitBreaker policy;
  private ContextCircuitBreaker breaker;

  /** What the breaker was told, in its own words. */
  private final List<String> told = new ArrayList<>();

  @BeforeEach
  void make(VirtualClock clock) {
    this.clock = clock;
    use(VirtualBreaker.of(clock));
  }

  private void use(CircuitBreaker made) {
    policy = made;
    breaker = ContextCircuitBreaker.of(made);
    policy.getEventPublisher().onEvent(e -> told.add(e.getEventType().name()));
  }

  /** A call; what it throws. */
  private Throwable call(Context ctx, ContextRunnable<? extends Exception> body) {
    return catchThrowable(
        () ->
            breaker.call(
                ctx,
                c -> {
                  body.run(c);
                  return "done";
                }));
  }

  private static void refuse(Context ctx) throws IOException {
    throw new IOException("refused");
  }

  private void open(Context ctx) {
    for (int i = 0; i < VirtualBreaker.WINDOW; i++) {
      assertThat(call(ctx, ContextCircuitBreakerTest::refuse)).isInstanceOf(IOException.class);
    }
    assertThat(policy.getState()).isEqualTo(OPEN);
  }

  /** Until the next call is a probe. */
  private void halfOpen(Context ctx) {
    open(ctx);
    clock.advance(VirtualBreaker.OPEN.plus(MOMENT));
  }

  @Test
  void failuresOpenASuccessfulProbeCloses(Context ctx) {
    halfOpen(ctx);
    assertThat(
            call(
                ctx,
                c -> {
                  assertThat(policy.getState()).isEqualTo(HALF_OPEN);
                  assertThat(c.toString()).contains("backend");
                  assertThat(call(ctx, other -> {}))
                      .as("one probe at a time")
                      .isInstanceOf(CallNotPermittedException.class);
                }))
        .isNull();
    assertThat(policy.getState()).isEqualTo(CLOSED);
  }

  @Test
  void anOpenBreakerRefusesAtOnce(Context ctx) {
    open(ctx);
    clock.advance(VirtualBreaker.OPEN.minus(MOMENT));
    assertThat(call(ctx, c -> {})).isInstanceOf(CallNotPermittedException.class);
    assertThat(policy.getMetrics().getNumberOfNotPermittedCalls()).isOne();
  }

  @Test
  void aFailedProbeOpensItAgain(Context ctx) {
    halfOpen(ctx);
    assertThat(call(ctx, ContextCircuitBreakerTest::refuse)).isInstanceOf(IOException.class);
    assertThat(policy.getState()).isEqualTo(OPEN);
  }

  @Test
  void aCallersCancelIsNoFailure(Context ctx) {
    for (int i = 0; i < 10 * VirtualBreaker.WINDOW; i++) {
      leave(ctx);
    }
    assertThat(policy.getState()).isEqualTo(CLOSED);
    assertThat(policy.getMetrics().getNumberOfBufferedCalls()).isZero();
    assertThat(told).isEmpty();
  }

  private void leave(Context ctx) {
    try (var caller = ctx.withCancel()) {
      assertThat(
              call(
                  caller,
                  c -> {
                    caller.cancel();
                    c.throwIfDone();
                  }))
          .isInstanceOf(ContextCancelledException.class);
    }
  }

  @Test
  void aCallersDeadlineIsNoFailureHoweverItIsDressed(Context ctx) {
    for (int i = 0; i < 10 * VirtualBreaker.WINDOW; i++) {
      try (var caller = ctx.withTimeout(LIMIT)) {
        assertThat(
                call(
                    caller,
                    c -> {
                      clock.advance(LIMIT);
                      throw new IOException("the statement was cut off");
                    }))
            .isInstanceOf(IOException.class);
      }
    }
    assertThat(policy.getState()).isEqualTo(CLOSED);
    assertThat(told).isEmpty();
  }

  @Test
  void aLimitOfTheBodysOwnIsTheBackends(Context ctx) {
    try (var caller = ctx.withTimeout(LIMIT.multipliedBy(VirtualBreaker.WINDOW + 1))) {
      for (int i = 0; i < VirtualBreaker.WINDOW; i++) {
        assertThat(
                call(
                    caller,
                    c -> {
                      try (var attempt = c.withTimeout(LIMIT)) {
                        clock.advance(LIMIT);
                        attempt.throwIfDone();
                      }
                    }))
            .isInstanceOf(DeadlineExceededException.class);
      }
    }
    assertThat(policy.getState()).isEqualTo(OPEN);
  }

  @Test
  void aProbeWhoseCallerLeavesGivesItsPermissionBack(Context ctx) {
    halfOpen(ctx);
    for (int i = 0; i < 100; i++) {
      leave(ctx);
      assertThat(policy.getState()).isEqualTo(HALF_OPEN);
    }
    assertThat(call(ctx, c -> {})).isNull();
    assertThat(policy.getState()).isEqualTo(CLOSED);
  }

  @Test
  void aCallFromBeforeIsNoProbeWhenItsCallerLeaves(Context ctx) {
    try (var caller = ctx.withCancel()) {
      call(
          caller,
          c -> {
            halfOpen(ctx);
            policy.transitionToHalfOpenState();
            caller.cancel();
            c.throwIfDone();
          });
    }
    assertThat(policy.getState()).isEqualTo(HALF_OPEN);
    assertThat(policy.tryAcquirePermission()).isTrue();
    assertThat(policy.tryAcquirePermission()).as("one probe, not two").isFalse();
    policy.releasePermission();
  }

  @ParameterizedTest
  @ValueSource(
      classes = {StackOverflowError.class, AssertionError.class, IllegalStateException.class})
  void whateverIsThrownIsReportedOnce(Class<? extends Throwable> thrown, Context ctx) {
    halfOpen(ctx);
    told.clear();
    assertThat(
            call(
                ctx,
                c -> {
                  switch (thrown.getDeclaredConstructor().newInstance()) {
                    case Error error -> throw error;
                    case Exception failure -> throw failure;
                    case Throwable other -> throw new AssertionError(other);
                  }
                }))
        .isInstanceOf(thrown);
    assertThat(told).containsExactly("STATE_TRANSITION", "ERROR", "STATE_TRANSITION");
    assertThat(policy.getState()).isEqualTo(OPEN);
  }

  @Test
  void anInterruptIsNoFailure(Context ctx) {
    halfOpen(ctx);
    call(
        ctx,
        c -> {
          throw new IOException("stopped", new InterruptedException("stop"));
        });
    assertThat(policy.getState()).isEqualTo(HALF_OPEN);
    assertThat(call(ctx, c -> {})).isNull();
  }

  @Test
  void aCancelWithinTheBodyIsNoFailure(Context ctx) {
    halfOpen(ctx);
    call(
        ctx,
        c -> {
          try (var part = c.withCancel()) {
            part.cancel();
            part.throwIfDone();
          }
        });
    assertThat(policy.getState()).isEqualTo(HALF_OPEN);
    assertThat(call(ctx, c -> {})).isNull();
  }

  @Test
  void aStepThatWasNotBegunIsNoFailure(Context ctx) {
    for (int i = 0; i < 16; i++) {
      try (var caller = ctx.withTimeout(LIMIT)) {
        assertThat(call(caller, this::charge)).isNull();
      }
    }
    told.clear();
    for (int i = 0; i < VirtualBreaker.WINDOW; i++) {
      try (var caller = ctx.withTimeout(LIMIT.dividedBy(3))) {
        assertThat(call(caller, this::charge))
            .isInstanceOf(DeadlineExceededException.class)
            .hasMessageContaining("takes");
        assertThat(caller.isDone()).isFalse();
      }
    }
    assertThat(told).isEmpty();
    assertThat(policy.getState()).isEqualTo(CLOSED);
  }

  private void charge(Context ctx) {
    ctx.withName("charge").run(c -> clock.advance(LIMIT.dividedBy(2)));
  }

  @Test
  void aPredicateThatThrowsLosesNoPermission(Context ctx) {
    use(
        CircuitBreaker.of(
            "backend",
            VirtualBreaker.config(clock)
                .ignoreException(
                    e -> {
                      throw new IllegalStateException("on purpose", e);
                    })
                .recordResult("done"::equals)
                .build()));
    policy.transitionToOpenState();
    clock.advance(VirtualBreaker.OPEN.plus(MOMENT));
    assertThat(call(ctx, ContextCircuitBreakerTest::refuse))
        .isInstanceOf(IOException.class)
        .satisfies(e -> assertThat(e.getSuppressed()[0]).hasMessage("on purpose"));
    assertThat(policy.getState()).isEqualTo(HALF_OPEN);
    assertThat(call(ctx, c -> {})).isNull();
    assertThat(policy.getState()).as("a result that is a failure").isEqualTo(OPEN);
  }

  @Test
  void slowCallsCountAndThoseCutOffByTheirCallerDoNot(Context ctx) {
    use(
        CircuitBreaker.of(
            "backend",
            VirtualBreaker.config(clock)
                .slowCallDurationThreshold(LIMIT.dividedBy(2))
                .slowCallRateThreshold(50)
                .build()));
    try (var caller = ctx.withTimeout(LIMIT)) {
      call(
          caller,
          c -> {
            clock.advance(LIMIT);
            c.throwIfDone();
          });
    }
    assertThat(policy.getMetrics().getNumberOfSlowCalls()).isZero();
    for (int i = 0; i < VirtualBreaker.WINDOW; i++) {
      call(ctx, c -> clock.advance(LIMIT));
    }
    assertThat(policy.getState()).isEqualTo(OPEN);
  }

  @Test
  void nothingIsAskedUnderAContextThatHasEnded(CancellableContext ctx) {
    ctx.cancel();
    assertThat(call(ctx, c -> {})).isInstanceOf(ContextCancelledException.class);
    assertThat(told).isEmpty();
  }

  @Test
  void nullsAreRefused(Context ctx) {
    assertThatThrownBy(() -> ContextCircuitBreaker.of(null)).hasMessageContaining("ofDefaults");
    assertThatThrownBy(() -> breaker.call(null, c -> "")).hasMessageContaining("Context.todo()");
    assertThatThrownBy(() -> breaker.call(ctx, null)).hasMessageContaining("what to call");
    assertThat(breaker.policy()).isSameAs(policy);
  }
}
