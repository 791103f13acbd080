package dev.belay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** R21: a resource's own means to stop. */
class CancellerTest extends Fixture {
  /** Runs {@code body} on a thread of {@code threads} and gives its result or what it threw. */
  private static CompletableFuture<Object> start(
      ThreadFactory threads, java.util.concurrent.Callable<?> body) {
    var result = new CompletableFuture<Object>();
    threads
        .newThread(
            () -> {
              try {
                result.complete(body.call());
              } catch (Throwable e) {
                result.complete(e);
              }
            })
        .start();
    return result;
  }

  @ParameterizedTest
  @MethodSource("threads")
  @DisplayName("R21: the canceller is called off-thread, again until the body has returned")
  void theCancellerIsRepeated(ThreadFactory threads) throws Exception {
    var ctx = root.withCancel();
    var permits = new Semaphore(0);
    var attempts = Collections.synchronizedList(new ArrayList<Integer>());
    var callers = Collections.synchronizedList(new ArrayList<Thread>());
    var running = new CountDownLatch(1);
    Canceller canceller =
        attempt -> {
          attempts.add(attempt);
          callers.add(Thread.currentThread());
          if (attempt < 4) {
            throw new IOException("lost"); // a cancel that fails is repeated like a lost one
          }
          permits.release();
        };
    var body = new CompletableFuture<Thread>();
    var result =
        start(
            threads,
            () ->
                ctx.call(
                    canceller,
                    c -> {
                      body.complete(Thread.currentThread());
                      running.countDown();
                      permits.acquireUninterruptibly();
                      return "computed";
                    }));
    running.await();
    ctx.cancel();
    assertThat(result.get()).isEqualTo("computed");
    assertThat(attempts).startsWith(0, 1, 2, 3, 4); // one more may go out while the body wakes up
    int sent = attempts.size();
    assertThat(callers).doesNotContain(body.get(), Thread.currentThread());
    clock.settle();
    assertThat(attempts).hasSize(sent);
  }

  @Test
  @DisplayName("R21: the pauses between the cancels grow")
  void theCancellerBacksOff() throws Exception {
    var ctx = root.withCancel();
    var ends = new ArrayList<Long>();
    var pauses = new ArrayList<Duration>();
    var enough = new CountDownLatch(9);
    ctx.run(
        attempt -> {
          if (!ends.isEmpty()) {
            pauses.add(Duration.ofNanos(System.nanoTime() - ends.getLast()));
          }
          enough.countDown();
          ends.add(System.nanoTime());
        },
        c -> {
          ctx.cancel();
          enough.await();
        });
    // They are told by the system's clock. A busy machine makes them longer, never shorter.
    for (int i = 0; i < 8; i++) {
      assertThat(pauses.get(i)).isGreaterThanOrEqualTo(Duration.ofNanos(500_000L << i));
    }
  }

  @ParameterizedTest
  @MethodSource("threads")
  @DisplayName("R21: call returns only when no cancel is under way")
  void callWaitsForACancelUnderWay(ThreadFactory threads) throws Exception {
    var ctx = root.withCancel();
    var bodyGo = new CountDownLatch(1);
    var cancelEntered = new CountDownLatch(1);
    var cancelGo = new CountDownLatch(1);
    var cancelLeft = new AtomicBoolean();
    Canceller slow =
        attempt -> {
          cancelEntered.countDown();
          bodyGo.countDown();
          cancelGo.await();
          cancelLeft.set(true);
        };
    var caller = new CompletableFuture<Thread>();
    var result =
        start(
            threads,
            () -> {
              caller.complete(Thread.currentThread());
              ctx.run(
                  slow,
                  c -> {
                    ctx.cancel();
                    bodyGo.await();
                  });
              return cancelLeft.get();
            });
    cancelEntered.await();
    awaitParked(caller.get());
    assertThat(result).isNotDone();
    cancelGo.countDown();
    assertThat(result.get()).isEqualTo(true);
  }

  @Test
  @DisplayName("R21: after its patience the resource is reported poisoned")
  void afterItsPatienceTheResourceIsAbandoned() throws Exception {
    var ctx = root.withCancel();
    var bodyGo = new CountDownLatch(1);
    var cancelGo = new CountDownLatch(1);
    var abandonedOn = new CompletableFuture<Thread>();
    var canceller =
        new Canceller() {
          @Override
          public void cancel(int attempt) throws InterruptedException {
            bodyGo.countDown();
            cancelGo.await();
          }

          @Override
          public Duration patience() {
            return Duration.ofNanos(1);
          }

          @Override
          public void abandoned() {
            abandonedOn.complete(Thread.currentThread());
          }
        };
    ctx.run(
        canceller,
        c -> {
          ctx.cancel();
          bodyGo.await();
          clock.advanceSilently(Duration.ofNanos(1));
        });
    assertThat(abandonedOn.get()).isNotNull();
    cancelGo.countDown();
  }

  @ParameterizedTest
  @MethodSource("threads")
  @DisplayName("R21: the patience passes by the clock of the context")
  void thePatienceIsByTheContextsClock(ThreadFactory threads) throws Exception {
    var ctx = root.withCancel();
    var bodyGo = new CountDownLatch(1);
    var cancelGo = new CountDownLatch(1);
    Canceller slow =
        attempt -> {
          bodyGo.countDown();
          cancelGo.await();
        };
    var caller = new CompletableFuture<Thread>();
    var result =
        start(
            threads,
            () -> {
              caller.complete(Thread.currentThread());
              ctx.run(
                  slow,
                  c -> {
                    ctx.cancel();
                    bodyGo.await();
                  });
              return "returned";
            });
    awaitUntil(() -> clock.pendingTimers() == 2); // the sender's, and the caller's who waits for it
    clock.advanceAndForget(slow.patience().minusNanos(1));
    awaitParked(caller.get());
    assertThat(result).isNotDone();
    clock.advanceAndForget(Duration.ofNanos(1));
    assertThat(result.get()).isEqualTo("returned");
    cancelGo.countDown();
  }

  @Test
  @DisplayName("R21: a call that is not cancelled leaves nothing registered, and sends nothing")
  void aCallThatIsNotCancelledLeavesNothing() throws Exception {
    var sent = new AtomicInteger();
    assertThat(root.<String, RuntimeException>call(attempt -> sent.incrementAndGet(), c -> "x"))
        .isEqualTo("x");
    assertThat(((CancelContext) root).link().entries()).isEmpty();
    root.cancel();
    clock.settle();
    assertThat(sent).hasValue(0);
  }

  @Test
  @DisplayName("a resource is closed once")
  void aResourceIsClosed() throws Exception {
    var ctx = root.withCancel();
    var closed = new CountDownLatch(2);
    ctx.run(
        Canceller.closing(closed::countDown),
        c -> {
          ctx.cancel();
          while (closed.getCount() == 2) {
            Thread.onSpinWait();
          }
        });
    clock.settle();
    assertThat(closed.getCount()).isEqualTo(1);
  }

  @Test
  @DisplayName("R21: a canceller that fails with an error is called again")
  void aCancellerThatFailsWithAnErrorIsCalledAgain() {
    var stopped = new CountDownLatch(1);
    var abandoned = new AtomicBoolean();
    var canceller =
        new Canceller() {
          @Override
          public void cancel(int attempt) {
            if (attempt == 0) {
              throw new LinkageError("the driver's class cannot be loaded");
            }
            stopped.countDown();
          }

          @Override
          public void abandoned() {
            abandoned.set(true);
          }
        };
    var ctx = root.withCancel();
    assertThatThrownBy(
            () ->
                ctx.run(
                    canceller,
                    c -> {
                      ctx.cancel();
                      stopped.await();
                      throw new IOException("stopped");
                    }))
        .isInstanceOf(ContextCancelledException.class);
    assertThat(abandoned).isFalse();
  }

  @Test
  @DisplayName("R21: an end that comes when the call is over is not sent")
  void nothingIsSentAfterTheCall() {
    var over = new AtomicReference<GuardedCall>();
    root.run(attempt -> {}, c -> over.set(Binding.innermost()));
    over.get().fire();
    assertThat(over.get().claim()).isFalse();
    assertThat(clock.startedThreads()).isZero();
  }

  @Test
  @DisplayName("R20, R21: an end that comes while the body is being started reaches it")
  void anEndWhileTheBodyIsBeingStarted() {
    var ctx = root.withTimeout(SECOND);
    var sent = new CountDownLatch(1);
    clock.afterNextRead(() -> clock.advanceSilently(SECOND));
    assertThatThrownBy(
            () ->
                ctx.run(
                    attempt -> sent.countDown(),
                    c -> {
                      assertThat(c.isDone()).isTrue();
                      sent.await();
                      throw new IOException("stopped");
                    }))
        .isInstanceOf(DeadlineExceededException.class);
  }

  @Test
  @DisplayName("R21: under a context that never ends a canceller is never called")
  void underAContextThatNeverEnds() throws Exception {
    Canceller never =
        attempt -> {
          throw new AssertionError("called");
        };
    assertThat(Context.background().<String, Exception>call(never, c -> "x")).isEqualTo("x");
    var own = new IOException("own");
    assertThatThrownBy(
            () ->
                Context.background()
                    .run(
                        never,
                        c -> {
                          throw own;
                        }))
        .isSameAs(own);
  }

  @ParameterizedTest
  @MethodSource("threads")
  @DisplayName("R21, R22: an interrupt of the caller that waits for a cancel under way is kept")
  void anInterruptWhileACancelIsUnderWay(ThreadFactory threads) throws Exception {
    var ctx = root.withCancel();
    var cancelEntered = new CountDownLatch(1);
    var cancelGo = new CountDownLatch(1);
    var caller = new CompletableFuture<Thread>();
    var result =
        start(
            threads,
            () -> {
              ctx.run(
                  attempt -> {
                    cancelEntered.countDown();
                    cancelGo.await();
                  },
                  c -> {
                    ctx.cancel();
                    cancelEntered.await();
                    caller.complete(Thread.currentThread());
                  });
              return Thread.interrupted();
            });
    awaitParked(caller.get());
    caller.get().interrupt();
    awaitParked(caller.get());
    assertThat(result).isNotDone();
    cancelGo.countDown();
    assertThat(result.get()).isEqualTo(true);
  }

  @Test
  @DisplayName("R21: a resource is closed at the first attempt only")
  void aResourceIsClosedAtTheFirstAttempt() throws Exception {
    var closed = new AtomicInteger();
    Canceller closing = Canceller.closing(closed::incrementAndGet);
    closing.cancel(0);
    assertThat(closed).hasValue(1);
    closing.cancel(1);
    assertThat(closed).hasValue(1);
    assertThatThrownBy(() -> Canceller.closing(null)).hasMessageContaining("what to close");
    assertThatThrownBy(() -> Canceller.destroying(null)).hasMessageContaining("the process");
  }

  @Test
  @DisplayName("R21, R23: what a canceller explains and how patient it is unless it says otherwise")
  void whatACancellerExplains() {
    Canceller canceller = attempt -> {};
    assertThat(canceller.explains(new IOException("closed"))).isTrue();
    assertThat(canceller.explains(new UncheckedIOException(new IOException("closed")))).isTrue();
    assertThat(canceller.explains(new IllegalStateException("bug"))).isFalse();
    assertThat(canceller.explains(new StackOverflowError())).isFalse();
    assertThat(canceller.patience()).isEqualTo(Duration.ofSeconds(10));
  }
}
