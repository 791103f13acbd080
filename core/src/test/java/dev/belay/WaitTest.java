package dev.belay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.spi.Roots;
import dev.belay.spi.TimeSource;
import java.io.InputStream;
import java.lang.invoke.MethodHandles;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Waiting for the end of a context, for a time, for a future. */
class WaitTest extends Fixture {
  @ParameterizedTest
  @MethodSource("threads")
  @DisplayName("sleep ends when its time is over, by the context's clock")
  void sleepEndsWhenItsTimeIsOver(ThreadFactory threads) throws Exception {
    var result = new CompletableFuture<String>();
    Thread sleeper =
        threads.newThread(
            () -> {
              try {
                root.sleep(SECOND);
                result.complete("slept until " + clock.nanoTime());
              } catch (InterruptedException | RuntimeException e) {
                result.completeExceptionally(e);
              }
            });
    sleeper.start();
    awaitParked(sleeper);
    clock.advance(SECOND);
    assertThat(result.get()).isEqualTo("slept until 1000000000");
    sleeper.join();
  }

  @Test
  @DisplayName("an interrupt that came before ends also a wait of no time")
  void anInterruptThatCameBefore() {
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> root.sleep(Duration.ZERO)).isInstanceOf(InterruptedException.class);
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> root.awaitDone(Duration.ZERO))
        .isInstanceOf(InterruptedException.class);
    assertThat(Thread.interrupted()).isFalse();
  }

  @ParameterizedTest
  @MethodSource("threads")
  @DisplayName("sleep throws when the context ends first")
  void sleepThrowsWhenTheContextEnds(ThreadFactory threads) throws Exception {
    var ctx = root.withTimeout(SECOND);
    var result = new CompletableFuture<String>();
    Thread sleeper =
        threads.newThread(
            () -> {
              try {
                ctx.sleep(SECOND.multipliedBy(5));
                result.complete("slept");
              } catch (InterruptedException | RuntimeException e) {
                result.completeExceptionally(e);
              }
            });
    sleeper.start();
    awaitParked(sleeper);
    clock.advance(SECOND);
    assertThatThrownBy(result::get).hasCauseInstanceOf(DeadlineExceededException.class);
    sleeper.join();
  }

  @ParameterizedTest
  @MethodSource("threads")
  @DisplayName("awaitDone is interruptible, and leaves nothing behind")
  void awaitDoneIsInterruptible(ThreadFactory threads) throws Exception {
    var result = new CompletableFuture<String>();
    Thread waiter =
        threads.newThread(
            () -> {
              try {
                root.awaitDone(SECOND);
                result.complete("returned");
              } catch (InterruptedException e) {
                result.complete("interrupted, flag " + Thread.currentThread().isInterrupted());
              }
            });
    waiter.start();
    awaitParked(waiter);
    waiter.interrupt();
    assertThat(result.get()).isEqualTo("interrupted, flag false");
    waiter.join();
    assertThat(((CancelContext) root).link().entries()).isEmpty();
  }

  @Test
  @DisplayName("awaitDone with a time-out answers whether the context has ended")
  void awaitDoneAnswers() throws Exception {
    var ctx = root.withCancel();
    assertThat(ctx.awaitDone(Duration.ZERO)).isFalse();
    ctx.cancel();
    assertThat(ctx.awaitDone(Duration.ZERO)).isTrue();
    assertThat(Context.background().awaitDone(Duration.ofNanos(1))).isFalse();
  }

  @Test
  @DisplayName("await gives a future's result or failure")
  void awaitGivesTheResult() throws Exception {
    assertThat(root.await(CompletableFuture.completedFuture("x"))).isEqualTo("x");
    assertThatThrownBy(
            () -> root.await(CompletableFuture.failedFuture(new IllegalStateException("no"))))
        .isInstanceOf(ExecutionException.class);
  }

  @ParameterizedTest
  @MethodSource("threads")
  @DisplayName("await throws when the context ends first, and leaves the future alone")
  void awaitThrowsWhenTheContextEnds(ThreadFactory threads) throws Exception {
    var ctx = root.withCancel();
    var future = new CompletableFuture<String>();
    var result = new CompletableFuture<String>();
    Thread waiter =
        threads.newThread(
            () -> {
              try {
                result.complete(ctx.await(future));
              } catch (Exception e) {
                result.completeExceptionally(e);
              }
            });
    waiter.start();
    awaitParked(waiter);
    ctx.cancel();
    assertThatThrownBy(result::get)
        .cause()
        .isInstanceOf(ContextCancelledException.class)
        .hasCauseInstanceOf(InterruptedException.class);
    assertThat(future).isNotDone();
    waiter.join();
  }

  @Test
  @DisplayName("a cancel whose wake-up is used up while the alarm is set still ends the sleep")
  void aWakeUpThatTheAlarmUsesUp() {
    var time = new Alarming();
    try (var root = Roots.open("alarming", time, false)) {
      var ctx = root.withCancel();
      time.atAlarm =
          () -> {
            ctx.cancel();
            LockSupport.park(this);
          };
      assertThatThrownBy(() -> ctx.sleep(SECOND)).isInstanceOf(ContextCancelledException.class);
      assertThat(time.cancelled).isOne();
    }
  }

  @Test
  @DisplayName("a sleeper with an alarm parks without a limit until it rings, then with one")
  void aSleeperParksWithoutALimitUntilItsAlarmRings() throws Exception {
    var time = new Alarming();
    time.rings = true;
    try (var root = Roots.open("alarming", time, false)) {
      root.sleep(Duration.ofMillis(1));
      assertThat(time.parks).containsExactly(Long.MAX_VALUE, time.nanoTime());
      assertThat(time.cancelled).isOne();
    }
  }

  /**
   * Time that passes only while a thread parks, with an alarm that runs a hook or rings at once.
   */
  private static final class Alarming implements TimeSource {
    private final TimeSource system = TimeSource.system();
    private final List<Long> parks = new ArrayList<>();
    private Runnable atAlarm = () -> {};
    private long now = system.nanoTime();
    private boolean rings;
    private int cancelled;

    @Override
    public Timer alarm(long nanos) {
      atAlarm.run();
      if (rings) {
        LockSupport.unpark(Thread.currentThread());
      }
      return () -> cancelled++;
    }

    @Override
    public long nanoTime() {
      return now;
    }

    @Override
    public Instant instant() {
      return system.instant();
    }

    @Override
    public Timer schedule(long nanos, Runnable task) {
      return system.schedule(nanos, task);
    }

    @Override
    public void park(Object blocker, long nanos) {
      parks.add(nanos);
      if (nanos == Long.MAX_VALUE) {
        system.park(blocker, nanos);
      } else {
        now = nanos;
      }
    }
  }

  @Test
  @DisplayName("sleepers that pin every carrier wake by themselves")
  void sleepersThatPinEveryCarrierWake() throws Exception {
    byte[] napping;
    try (InputStream in = WaitTest.class.getResourceAsStream("WaitTest$Nap.class")) {
      napping = Objects.requireNonNull(in).readAllBytes();
    }
    MethodHandles.Lookup lookup = MethodHandles.lookup();
    List<FutureTask<MethodHandles.Lookup>> naps = new ArrayList<>();
    for (int i = 0; i < 2 * Runtime.getRuntime().availableProcessors(); i++) {
      var nap = new FutureTask<>(() -> lookup.defineHiddenClass(napping, true));
      naps.add(nap);
      Thread.startVirtualThread(nap);
    }
    for (FutureTask<MethodHandles.Lookup> nap : naps) {
      nap.get();
    }
  }

  /** A class that sleeps while it is initialized: the JVM's own frames below it pin the carrier. */
  static final class Nap {
    static {
      try {
        Context.background().sleep(Duration.ofMillis(50));
      } catch (InterruptedException e) {
        throw new ExceptionInInitializerError(e);
      }
    }

    private Nap() {}
  }
}
