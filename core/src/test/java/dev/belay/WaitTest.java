package dev.belay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadFactory;
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
}
