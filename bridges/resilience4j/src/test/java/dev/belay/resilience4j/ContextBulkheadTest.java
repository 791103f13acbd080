package dev.belay.resilience4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.Context;
import dev.belay.ContextCancelledException;
import dev.belay.DeadlineExceededException;
import dev.belay.spi.ContextEvent;
import dev.belay.testkit.RecordingListener;
import dev.belay.testkit.VirtualClock;
import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.bulkhead.BulkheadConfig;
import io.github.resilience4j.bulkhead.BulkheadFullException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ContextBulkheadTest {
  private static final Duration WAIT = Duration.ofSeconds(2);

  private final Bulkhead policy =
      Bulkhead.of(
          "backend", BulkheadConfig.custom().maxConcurrentCalls(1).maxWaitDuration(WAIT).build());
  private final ContextBulkhead bulkhead = ContextBulkhead.of(policy);
  private final CountDownLatch leave = new CountDownLatch(1);

  @AfterEach
  void everyPlaceIsBack() {
    assertThat(policy.getMetrics().getAvailableConcurrentCalls()).isOne();
  }

  private static FutureTask<String> start(FutureTask<String> task) {
    Thread.ofVirtual().start(task);
    return task;
  }

  /** A call that holds the place until the test lets it go. */
  private FutureTask<String> holder(Context ctx) throws InterruptedException {
    var entered = new CountDownLatch(1);
    var holder =
        start(
            new FutureTask<>(
                () ->
                    bulkhead.call(
                        ctx,
                        c -> {
                          entered.countDown();
                          leave.await();
                          return c.toString();
                        })));
    entered.await();
    return holder;
  }

  private FutureTask<String> waiter(Context ctx) {
    return start(new FutureTask<>(() -> bulkhead.call(ctx, c -> "done")));
  }

  @Test
  void aPlaceThatIsFreeIsTaken(Context ctx) throws Exception {
    assertThat(bulkhead.<String, RuntimeException>call(ctx, Context::toString)).contains("backend");
  }

  @Test
  void aWaitEndsWithItsDeadlineAndLeavesNothingQueued(Context ctx, VirtualClock clock)
      throws Exception {
    var holder = holder(ctx);
    try (var caller = ctx.withTimeout(Duration.ofMillis(100))) {
      var waiter = waiter(caller);
      clock.awaitTimers(1);
      clock.advance(Duration.ofMillis(100));
      assertThatThrownBy(waiter::get)
          .isInstanceOf(ExecutionException.class)
          .cause()
          .isInstanceOf(DeadlineExceededException.class);
    }
    leave.countDown();
    assertThat(holder.get()).contains("backend");
    assertThat(clock.pendingTimers()).isZero();
  }

  @Test
  void aWaitEndsWithItsCallersCancel(Context ctx, VirtualClock clock) throws Exception {
    var holder = holder(ctx);
    try (var caller = ctx.withCancel()) {
      var waiter = waiter(caller);
      clock.awaitTimers(1);
      caller.cancel();
      assertThatThrownBy(waiter::get).cause().isInstanceOf(ContextCancelledException.class);
    }
    leave.countDown();
    holder.get();
  }

  @Test
  void aWaitEndsAfterTheBulkheadsOwnLimit(Context ctx, VirtualClock clock) throws Exception {
    var holder = holder(ctx);
    try (var heard = RecordingListener.below(ctx)) {
      var waiter = waiter(ctx);
      clock.awaitTimers(1);
      clock.advance(WAIT);
      assertThatThrownBy(waiter::get).cause().isInstanceOf(BulkheadFullException.class);
      assertThat(heard.events(ContextEvent.Refused.class))
          .singleElement()
          .asString()
          .contains("a place in bulkhead backend", "none within PT2S");
    }
    leave.countDown();
    holder.get();
  }

  @Test
  void theNextGetsThePlace(Context ctx, VirtualClock clock) throws Exception {
    var holder = holder(ctx);
    var waiter = waiter(ctx);
    clock.awaitTimers(1);
    leave.countDown();
    holder.get();
    assertThat(waiter.get()).isEqualTo("done");
  }

  @Test
  void withoutAWaitTheBulkheadItselfRejects(Context ctx) {
    policy.changeConfig(
        BulkheadConfig.from(policy.getBulkheadConfig()).maxWaitDuration(Duration.ZERO).build());
    List<String> told = new ArrayList<>();
    policy.getEventPublisher().onCallRejected(e -> told.add(e.getBulkheadName()));
    assertThatThrownBy(() -> bulkhead.call(ctx, c -> bulkhead.call(c, inner -> "never")))
        .isInstanceOf(BulkheadFullException.class);
    assertThat(told).containsExactly("backend");
  }

  @Test
  void aPlaceThatOthersHoldIsWaitedForUnderTheContext(Context ctx, VirtualClock clock)
      throws Exception {
    assertThat(policy.tryAcquirePermission()).isTrue();
    try (var caller = ctx.withCancel()) {
      var waiter = new FutureTask<>(() -> bulkhead.call(caller, c -> "done"));
      Thread thread = Thread.ofPlatform().start(waiter);
      while (thread.getState() != Thread.State.TIMED_WAITING) {
        Thread.onSpinWait();
      }
      caller.cancel();
      assertThatThrownBy(waiter::get).cause().isInstanceOf(ContextCancelledException.class);
      thread.join();
    }
    policy.onComplete();
  }

  @Test
  void anInterruptEndsTheWait(Context ctx) {
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> bulkhead.call(ctx, c -> "never"))
        .isInstanceOf(InterruptedException.class);
    assertThat(Thread.interrupted()).isFalse();
  }

  @Test
  void aFailureGivesThePlaceBack(Context ctx) {
    assertThatThrownBy(
            () ->
                bulkhead.call(
                    ctx,
                    c -> {
                      throw new IOException("refused");
                    }))
        .isInstanceOf(IOException.class);
  }

  @Test
  void nullsAreRefused(Context ctx) {
    assertThatThrownBy(() -> ContextBulkhead.of(null)).hasMessageContaining("ofDefaults");
    assertThatThrownBy(() -> bulkhead.call(null, c -> "")).hasMessageContaining("Context.todo()");
    assertThatThrownBy(() -> bulkhead.call(ctx, null)).hasMessageContaining("what to call");
    assertThat(bulkhead.policy()).isSameAs(policy);
  }
}
