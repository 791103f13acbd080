package dev.belay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.spi.Ambient;
import dev.belay.spi.TreeInspector;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** R20, R21, R23–R25, R29: running code under a context. */
class RunTest extends Fixture {

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

  // ---- R20

  @Test
  @DisplayName("R20: call binds the context and restores what was bound")
  void callBinds() {
    Context outer = root.withValue(USER, "ada");
    Context inner = root.withValue(USER, "bob");
    outer.run(
        ctx -> {
          assertThat(ctx).isSameAs(outer);
          assertThat(Context.current().get(USER)).isEqualTo("ada");
          inner.run(c -> assertThat(Context.current().get(USER)).isEqualTo("bob"));
          assertThat(Context.current().get(USER)).isEqualTo("ada");
        });
    assertThat(Context.current().get(USER)).isNull();
  }

  @Test
  @DisplayName("R20: call binds only: the end of the context touches neither thread nor result")
  void callOnlyBinds() {
    var ctx = root.withCancel();
    String result =
        ctx.call(
            c -> {
              ctx.cancel();
              return "flag " + Thread.currentThread().isInterrupted();
            });
    assertThat(result).isEqualTo("flag false");
  }

  @Test
  @DisplayName("R20: a body is not started under an ended context")
  void aBodyIsNotStartedUnderAnEndedContext() {
    var ctx = root.withCancel();
    ctx.cancel();
    var ran = new AtomicBoolean();
    ContextRunnable<RuntimeException> body = c -> ran.set(true);
    assertThatThrownBy(() -> ctx.run(body)).isInstanceOf(ContextCancelledException.class);
    assertThatThrownBy(() -> ctx.runInterruptibly(body))
        .isInstanceOf(ContextCancelledException.class);
    assertThatThrownBy(() -> ctx.run(attempt -> {}, body))
        .isInstanceOf(ContextCancelledException.class);
    assertThat(ran).isFalse();
    ctx.runShielded(SECOND, body);
    assertThat(ran).isTrue();
  }

  // ---- R21

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
        });
    assertThat(abandonedOn.get()).isSameAs(Thread.currentThread());
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

  // ---- R23

  @Test
  @DisplayName("R23: a failure that our signal explains becomes ContextEndedException")
  void anExplainedFailureIsTheEnd() {
    var ctx = root.withCancel();
    var sent = new CountDownLatch(1);
    var failure = new IOException("socket closed");
    assertThatThrownBy(
            () ->
                ctx.run(
                    attempt -> sent.countDown(),
                    c -> {
                      ctx.cancel();
                      sent.await();
                      throw failure;
                    }))
        .isInstanceOf(ContextCancelledException.class)
        .hasCause(failure);
  }

  @Test
  @DisplayName("R23: a failure without our signal, or unexplained, is thrown as it is")
  void anyOtherFailureIsThrownAsItIs() {
    var own = new IOException("own");
    assertThatThrownBy(
            () ->
                root.run(
                    attempt -> {},
                    c -> {
                      throw own;
                    }))
        .isSameAs(own);
    var ctx = root.withCancel();
    var sent = new CountDownLatch(1);
    var bug = new IllegalStateException("bug");
    assertThatThrownBy(
            () ->
                ctx.run(
                    attempt -> sent.countDown(),
                    c -> {
                      ctx.cancel();
                      sent.await();
                      throw bug;
                    }))
        .isSameAs(bug);
  }

  // ---- R24

  @Test
  @DisplayName("R24: an inner canceller replaces the outer one for its time")
  void theInnerCancellerReplacesTheOuter() throws Exception {
    var ctx = root.withCancel();
    List<String> sent = Collections.synchronizedList(new ArrayList<>());
    var inner = new CountDownLatch(1);
    var outer = new CountDownLatch(1);
    ctx.run(
        attempt -> {
          sent.add("outer");
          outer.countDown();
        },
        c -> {
          root.run( // another context: the outer one's end reaches it all the same
              attempt -> {
                sent.add("inner");
                inner.countDown();
              },
              d -> {
                ctx.cancel();
                inner.await();
              });
          outer.await();
        });
    assertThat(sent).startsWith("inner").endsWith("outer");
    assertThat(sent.lastIndexOf("inner")).isLessThan(sent.indexOf("outer"));
  }

  @Test
  @DisplayName("R24: a failure of the inner body is explained by the outer context's end")
  void theInnerFailureIsTheOutersEnd() {
    var ctx = root.withName("outer").withCancel();
    var sent = new CountDownLatch(1);
    assertThatThrownBy(
            () ->
                ctx.run(
                    attempt -> {},
                    c ->
                        root.run(
                            attempt -> sent.countDown(),
                            d -> {
                              ctx.cancel();
                              sent.await();
                              throw new IOException("closed");
                            })))
        .isInstanceOf(ContextCancelledException.class)
        .hasMessage("cancelled by the owner of \"outer\"");
  }

  @Test
  @DisplayName("R24: shielded work is not reached by outer signals until it returns")
  void outerSignalsWaitForTheShield() throws Exception {
    var ctx = root.withCancel();
    var sent = new AtomicInteger();
    var after = new CountDownLatch(1);
    ctx.run(
        attempt -> {
          sent.incrementAndGet();
          after.countDown();
        },
        c -> {
          c.runShielded(
              SECOND,
              d -> {
                ctx.cancel();
                assertThat(d.isDone()).isFalse();
                assertThat(Context.current().isDone()).isFalse();
                assertThat(d.toString()).startsWith("background/test/shielded [1s");
                assertThat(sent).hasValue(0);
              });
          after.await();
        });
    assertThat(sent.get()).isPositive();
  }

  @Test
  @DisplayName("R24: when the shield's limit has passed, the outer signal goes through")
  void theShieldHasALimit() throws Exception {
    var ctx = root.withCancel();
    var sent = new CountDownLatch(1);
    ctx.run(
        attempt -> sent.countDown(),
        c ->
            c.runShielded(
                SECOND,
                d -> {
                  ctx.cancel();
                  assertThat(sent.getCount()).isEqualTo(1);
                  Thread turner = Thread.ofPlatform().start(() -> clock.advanceAndForget(SECOND));
                  sent.await();
                  turner.join();
                  assertThat(d.status()).isEqualTo(Status.DEADLINE_EXCEEDED);
                }));
  }

  // ---- R25

  @Test
  @DisplayName("R25: wrap binds; a wrapped task runs although its context has ended")
  void wrapBindsAndRuns() throws Exception {
    var ctx = root.withValue(USER, "ada").withCancel();
    ctx.cancel();
    var seen = new CompletableFuture<String>();
    Runnable task = () -> seen.complete(Context.current().get(USER));
    Thread.ofPlatform().start(ctx.wrap(task)).join();
    assertThat(seen.get()).isEqualTo("ada");
    assertThat(ctx.wrap(() -> Context.current().isDone()).call()).isTrue();
  }

  @ParameterizedTest
  @MethodSource("threads")
  @DisplayName("R25: a new thread starts with background()")
  void aNewThreadStartsWithBackground(ThreadFactory threads) throws Exception {
    var seen = new CompletableFuture<Context>();
    root.run(
        ctx -> {
          Thread thread = threads.newThread(() -> seen.complete(Context.current()));
          thread.start();
          thread.join();
        });
    assertThat(seen.get()).isSameAs(Context.background());
  }

  @Test
  @DisplayName("a bridge binds by two calls, and a wrong token is told")
  void aBridgeBindsByTwoCalls() {
    Context ctx = root.withValue(USER, "ada");
    Object token = Ambient.attach(ctx);
    assertThat(Context.current().get(USER)).isEqualTo("ada");
    Ambient.detach(token);
    assertThat(Context.current()).isSameAs(Context.background());
    assertThatThrownBy(() -> Ambient.detach("x")).isInstanceOf(IllegalArgumentException.class);
  }

  // ---- R29

  @Test
  @DisplayName("R29: below a tracked root every live context shows; elsewhere what is linked")
  void trackingIsAPropertyOfTheRoot() {
    var leaf = root.withName("leaf").withCancel();
    assertThat(TreeInspector.live(root)).extracting("context").hasToString("[" + leaf + "]");
    leaf.close();
    assertThat(TreeInspector.live(root)).isEmpty();

    var untracked = Context.background().withCancel();
    var child = untracked.withCancel();
    while (((CancelContext) child).link() != null) { // one of the sample of leaks
      child.close();
      child = untracked.withCancel();
    }
    assertThat(TreeInspector.live(untracked)).isEmpty();
    var grandchild = child.withCancel();
    assertThat(TreeInspector.live(untracked)).hasSize(1);
    grandchild.onDone(() -> {});
    assertThat(TreeInspector.live(untracked)).extracting("reactions").containsExactly(0, 1);
    untracked.close();
    assertThat(TreeInspector.live(Context.background())).isEmpty();
  }

  @Test
  @DisplayName("a process is destroyed with its children")
  void aProcessIsDestroyed() throws Exception {
    var ctx = root.withCancel();
    Process process = new ProcessBuilder("sh", "-c", "sleep 600 & echo $!; wait").start();
    long child = Long.parseLong(process.inputReader().readLine());
    var handle = ProcessHandle.of(child).orElseThrow();
    ctx.run(
        Canceller.destroying(process),
        c -> {
          ctx.cancel();
          process.waitFor();
        });
    handle.onExit().get();
    assertThat(process.isAlive()).isFalse();
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
}
