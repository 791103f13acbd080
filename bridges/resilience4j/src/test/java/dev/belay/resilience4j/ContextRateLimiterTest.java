package dev.belay.resilience4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.Context;
import dev.belay.ContextCancelledException;
import dev.belay.spi.ContextEvent;
import dev.belay.testkit.RecordingListener;
import dev.belay.testkit.VirtualClock;
import io.github.resilience4j.ratelimiter.RateLimiter;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import io.github.resilience4j.ratelimiter.RequestNotPermitted;
import io.github.resilience4j.ratelimiter.internal.AtomicRateLimiter;
import io.github.resilience4j.ratelimiter.internal.SemaphoreBasedRateLimiter;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two permissions each second, and a wait of five at most. */
class ContextRateLimiterTest {
  private static final Duration PERIOD = Duration.ofSeconds(1);
  private static final Duration WAIT = Duration.ofSeconds(5);

  private VirtualClock clock;
  private RateLimiter policy;
  private ContextRateLimiter limiter;
  private final ConcurrentLinkedQueue<Duration> begun = new ConcurrentLinkedQueue<>();

  private static RateLimiterConfig.Builder config() {
    return RateLimiterConfig.custom()
        .limitForPeriod(2)
        .limitRefreshPeriod(PERIOD)
        .timeoutDuration(WAIT);
  }

  @BeforeEach
  void make(VirtualClock clock) {
    this.clock = clock;
    policy = new AtomicRateLimiter("backend", config().build(), clock::nanoTime);
    limiter = ContextRateLimiter.of(policy);
  }

  private String call(Context ctx) throws InterruptedException {
    return limiter.call(
        ctx,
        c -> {
          begun.add(Duration.ofNanos(clock.nanoTime()));
          return c.toString();
        });
  }

  private FutureTask<String> start(Context ctx) {
    var call = new FutureTask<>(() -> call(ctx));
    Thread thread = Thread.ofVirtual().unstarted(call);
    clock.starting(thread);
    thread.start();
    return call;
  }

  private int available() {
    return policy.getMetrics().getAvailablePermissions();
  }

  @Test
  void noMoreThanThePermissionsOfAPeriodBegin(Context ctx) throws Exception {
    List<FutureTask<String>> calls = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      calls.add(start(ctx));
    }
    clock.runUntilIdle();
    for (var call : calls) {
      assertThat(call.get()).contains("backend");
    }
    assertThat(begun)
        .containsExactly(
            Duration.ZERO,
            Duration.ZERO,
            PERIOD,
            PERIOD,
            PERIOD.multipliedBy(2),
            PERIOD.multipliedBy(2));
  }

  @Test
  void aWaitThatCannotFitIsRefusedAtOnceAndTakesNothing(Context ctx) throws Exception {
    call(ctx);
    call(ctx);
    try (var heard = RecordingListener.below(ctx)) {
      for (int i = 0; i < 10; i++) {
        try (var caller = ctx.withTimeout(PERIOD.dividedBy(2))) {
          assertThatThrownBy(() -> call(caller)).isInstanceOf(RequestNotPermitted.class);
          assertThat(caller.isDone()).isFalse();
        }
      }
      assertThat(heard.events(ContextEvent.Refused.class))
          .hasSize(10)
          .first()
          .asString()
          .contains("a permission of backend", "too late");
    }
    assertThat(available()).isZero();
    clock.advance(PERIOD);
    call(ctx);
    assertThat(begun).last().isEqualTo(PERIOD);
  }

  @Test
  void aCallerThatLeavesHasTakenNothing(Context ctx) throws Exception {
    call(ctx);
    call(ctx);
    try (var caller = ctx.withCancel()) {
      var first = start(caller);
      clock.awaitTimers(1);
      var second = start(caller);
      clock.awaitTimers(2);
      caller.cancel();
      assertThatThrownBy(first::get).cause().isInstanceOf(ContextCancelledException.class);
      assertThatThrownBy(second::get).cause().isInstanceOf(ContextCancelledException.class);
    }
    assertThat(available()).isZero();
    assertThat(clock.pendingTimers()).isZero();
    clock.advance(PERIOD);
    assertThat(available()).isEqualTo(2);
  }

  @Test
  void aWaitEndsAfterTheLimitersOwnLimit(Context ctx) throws Exception {
    policy.changeTimeoutDuration(PERIOD.dividedBy(2));
    call(ctx);
    call(ctx);
    assertThatThrownBy(() -> call(ctx)).isInstanceOf(RequestNotPermitted.class);
    clock.advance(PERIOD.dividedBy(2));
    var third = start(ctx);
    clock.runUntilIdle();
    third.get();
    assertThat(begun).last().isEqualTo(PERIOD);
  }

  @Test
  void withoutAWaitAPermissionThatIsThereIsTaken(Context ctx) throws Exception {
    policy.changeTimeoutDuration(Duration.ZERO);
    call(ctx);
    call(ctx);
    assertThatThrownBy(() -> call(ctx)).isInstanceOf(RequestNotPermitted.class);
  }

  @Test
  void aBodyForWhichThereIsNoTimeAfterTheWaitIsRefused(Context ctx) throws Exception {
    Duration takes = PERIOD.dividedBy(2);
    for (int i = 0; i < 16; i++) {
      clock.advance(PERIOD);
      try (var caller = ctx.withTimeout(PERIOD.multipliedBy(2))) {
        limiter.call(
            caller,
            c -> {
              clock.advance(takes);
              return "done";
            });
      }
    }
    clock.advance(PERIOD.minus(takes));
    call(ctx);
    call(ctx);
    try (var caller = ctx.withTimeout(PERIOD.minusMillis(1))) {
      assertThatThrownBy(() -> call(caller)).isInstanceOf(RequestNotPermitted.class);
    }
    assertThat(available()).isZero();
  }

  @Test
  void aResultThatDrainsIsHeardUnlessTheCallerHasLeft(Context ctx) {
    var draining =
        new AtomicRateLimiter(
            "draining",
            config().drainPermissionsOnResult(result -> result.isLeft()).build(),
            clock::nanoTime);
    var calls = ContextRateLimiter.of(draining);
    try (var caller = ctx.withCancel()) {
      assertThatThrownBy(
              () ->
                  calls.call(
                      caller,
                      c -> {
                        caller.cancel();
                        throw new IOException("cut off");
                      }))
          .isInstanceOf(IOException.class);
    }
    assertThat(draining.getMetrics().getAvailablePermissions()).isOne();
    assertThatThrownBy(
            () ->
                calls.call(
                    ctx,
                    c -> {
                      throw new IOException("429");
                    }))
        .isInstanceOf(IOException.class);
    assertThat(draining.getMetrics().getAvailablePermissions()).isZero();
  }

  @Test
  void aLimiterThatReservesNothingIsWaitedForUnderTheContext(Context ctx) throws Exception {
    try (var scheduler = Executors.newSingleThreadScheduledExecutor()) {
      var other = // its period is real time
          new SemaphoreBasedRateLimiter(
              "other",
              config()
                  .limitForPeriod(1)
                  .limitRefreshPeriod(Duration.ofHours(1))
                  .timeoutDuration(Duration.ofHours(1))
                  .build(),
              scheduler);
      var calls = ContextRateLimiter.of(other);
      assertThat(calls.<String, RuntimeException>call(ctx, c -> "done")).isEqualTo("done");
      try (var caller = ctx.withCancel()) {
        var waiter = new FutureTask<>(() -> calls.call(caller, c -> "never"));
        Thread.ofVirtual().start(waiter);
        while (other.getMetrics().getNumberOfWaitingThreads() == 0) {
          Thread.onSpinWait();
        }
        caller.cancel();
        assertThatThrownBy(waiter::get).cause().isInstanceOf(ContextCancelledException.class);
      }
      other.shutdown();
    }
  }

  @Test
  void nullsAreRefused(Context ctx) {
    assertThatThrownBy(() -> ContextRateLimiter.of(null)).hasMessageContaining("ofDefaults");
    assertThatThrownBy(() -> limiter.call(null, c -> "")).hasMessageContaining("Context.todo()");
    assertThatThrownBy(() -> limiter.call(ctx, null)).hasMessageContaining("what to call");
    assertThat(limiter.policy()).isSameAs(policy);
  }
}
