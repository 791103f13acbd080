package dev.belay.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.belay.CancellableContext;
import dev.belay.Context;
import dev.belay.ContextCancelledException;
import dev.belay.Registration;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * What holds for contexts, whatever provides them: a root, a bridge to another library's context, a
 * root on another time source. The rules (R1, R2, …) are those of the package documentation of
 * {@link dev.belay}; here are the ones that an adapter or a time source can break.
 *
 * <pre>{@code
 * class VirtualClockContextTest extends ContextContract {
 *   private final VirtualClock clock = new VirtualClock();
 *
 *   @Override
 *   protected CancellableContext root(String name) {
 *     return Roots.open(name, clock, false);
 *   }
 *
 *   @Override
 *   protected void pass(Duration time) {
 *     clock.advance(time);
 *   }
 * }
 * }</pre>
 */
public abstract class ContextContract extends ContextTreeScenarios {

  /** For subclasses. */
  protected ContextContract() {}

  /**
   * A context that is active, has no deadline, and is the test's to end. The contract closes it.
   */
  protected abstract CancellableContext root(String name);

  /** Lets time pass for that context; does nothing where it passes by itself. */
  protected void pass(Duration time) {}

  @Override
  final CancellableContext make() {
    return root("contract");
  }

  @Override
  final void passes(Duration time) {
    pass(time);
  }

  private void finish(Attempt<?> attempt) {
    while (attempt.isRunning()) {
      pass(SHORT);
      Thread.onSpinWait();
    }
  }

  // ---- reactions and waits

  @Test
  @DisplayName("R17: the action runs once, or one stop() is true")
  void theActionRunsOnceOrIsStopped() throws Exception {
    var ctx = root().withCancel();
    var ran = new CompletableFuture<Thread>();
    var runs = new AtomicInteger();
    Registration runsLater =
        ctx.onDone(
            () -> {
              runs.incrementAndGet();
              ran.complete(Thread.currentThread());
            });
    Registration stopped = ctx.onDone(runs::incrementAndGet);
    assertTrue(stopped.stop());
    ctx.cancel();
    assertFalse(get(ran).equals(Thread.currentThread()), "on the canceller's thread (R18)");
    assertFalse(runsLater.stop());
    runsLater.close();
    assertEquals(1, runs.get());
  }

  @Test
  @DisplayName("R18: a reaction to a deadline may wait for what needs the timer")
  void aReactionMayBlock() throws Exception {
    try (var ctx = root().withTimeout(SHORT);
        var later = root().withTimeout(SHORT.multipliedBy(2))) {
      var reacted = new CompletableFuture<Boolean>();
      ctx.onDone(
          () -> {
            try {
              reacted.complete(later.awaitDone(PATIENCE));
            } catch (InterruptedException e) {
              reacted.completeExceptionally(e);
            }
          });
      pass(SHORT.multipliedBy(2));
      assertTrue(get(reacted));
    }
  }

  @Test
  @DisplayName("sleep ends by the context's clock, or throws when the context ends first")
  void sleepEndsByTheClockOrTheContext() throws Exception {
    var slept = Attempt.start(() -> sleep(root(), SHORT));
    finish(slept);
    assertNull(slept.failure());
    try (var ctx = root().withCancel()) {
      var attempt = Attempt.start(() -> sleep(ctx, HOUR.multipliedBy(10)));
      attempt.awaitBlocked();
      ctx.cancel();
      attempt.thrown(ContextCancelledException.class);
    }
  }

  private static Object sleep(Context ctx, Duration duration) throws InterruptedException {
    ctx.sleep(duration);
    return ctx;
  }

  // ---- running code

  @Test
  @DisplayName("R20: call binds and restores; no body is started under an ended context")
  void callBinds() throws Exception {
    Context named = root().withName("bound");
    assertTrue(named.call(ctx -> Context.current().toString()).contains("bound"));
    root().cancel();
    assertThrows(ContextCancelledException.class, () -> named.call(ctx -> "started"));
  }

  @Test
  @DisplayName("R21, R23: the canceller is called off-thread until the body returns; it explains")
  void theCancellerIsRepeated() throws Exception {
    var ctx = root().withCancel();
    var entered = new CountDownLatch(1);
    var permits = new Semaphore(0);
    var canceller = new CompletableFuture<Thread>();
    var attempt =
        Attempt.start(
            () ->
                ctx.call(
                    number -> {
                      canceller.complete(Thread.currentThread());
                      permits.release(number); // the first has no effect
                    },
                    c -> {
                      entered.countDown();
                      permits.acquireUninterruptibly();
                      throw new IOException("stopped");
                    }));
    entered.await();
    ctx.cancel();
    finish(attempt);
    var ended = attempt.thrown(ContextCancelledException.class);
    assertInstanceOf(IOException.class, ended.getCause());
    assertFalse(get(canceller).equals(Thread.currentThread()));
  }

  @Test
  @DisplayName("R22: the end interrupts, and leaves no flag")
  void theEndInterrupts() throws Exception {
    var ctx = root().withCancel();
    var entered = new CountDownLatch(1);
    var flag = new CompletableFuture<Boolean>();
    var attempt =
        Attempt.start(
            () -> {
              try {
                return ctx.callInterruptibly(c -> never(entered));
              } finally {
                flag.complete(Thread.currentThread().isInterrupted());
              }
            });
    entered.await();
    ctx.cancel();
    finish(attempt);
    attempt.thrown(ContextCancelledException.class);
    assertFalse(get(flag));
  }

  private static Object never(CountDownLatch entered) throws Exception {
    entered.countDown();
    return new CompletableFuture<Object>().get();
  }

  @Test
  @DisplayName("R24: shielded work is not reached until it returns")
  void shieldedWorkIsNotReached() throws Exception {
    var ctx = root().withCancel();
    var entered = new CountDownLatch(1);
    var leave = new CountDownLatch(1);
    var shielded = new AtomicBoolean();
    var reachedInside = new CompletableFuture<Boolean>();
    var attempt =
        Attempt.start(
            () ->
                ctx.call(
                    number -> reachedInside.complete(shielded.get()),
                    c -> {
                      c.runShielded(
                          HOUR,
                          d -> {
                            shielded.set(true);
                            entered.countDown();
                            leave.await();
                            assertFalse(d.isDone());
                            shielded.set(false);
                          });
                      return get(reachedInside);
                    }));
    entered.await();
    ctx.cancel();
    pass(SHORT); // where time is turned by hand, the canceller's thread has come to rest by then
    leave.countDown();
    assertNull(attempt.failure());
    assertFalse(get(reachedInside));
  }

  @Test
  @DisplayName("R24: shielded work is reached once its limit has passed, and no sooner")
  void shieldedWorkIsReachedAfterItsLimit() throws Exception {
    var ctx = root().withCancel();
    var shield = new CompletableFuture<Context>();
    var limitPassed = new CompletableFuture<Boolean>();
    var attempt =
        Attempt.start(
            () ->
                ctx.call(
                    number -> limitPassed.complete(get(shield).isDone()),
                    c ->
                        c.callShielded(
                            SHORT,
                            d -> {
                              shield.complete(d);
                              return get(limitPassed);
                            })));
    get(shield);
    ctx.cancel();
    finish(attempt);
    assertNull(attempt.failure());
    assertTrue(get(limitPassed));
  }

  @Test
  @DisplayName("R25: wrap binds, also after the end; a new thread starts with background()")
  void onlyWrapCarriesAContextToAnotherThread() throws Exception {
    var ctx = root().withName("carried").withCancel();
    ctx.cancel();
    var wrapped = new CompletableFuture<Context>();
    var bare = new CompletableFuture<Context>();
    Thread.ofVirtual().start(ctx.wrap(() -> unused(wrapped.complete(Context.current())))).join();
    Thread.ofVirtual().start(() -> bare.complete(Context.current())).join();
    assertTrue(get(wrapped).toString().contains("carried"));
    assertSame(Context.background(), get(bare));
    assertNotNull(ctx.ending());
  }

  private static void unused(boolean result) {
    assertTrue(result);
  }

  @Test
  @DisplayName("R25: wrap never interrupts, also when the context ends while the task runs")
  void aWrappedTaskIsNotInterrupted() throws Exception {
    var ctx = root().withCancel();
    var entered = new CountDownLatch(1);
    var leave = new CountDownLatch(1);
    Callable<Context> task =
        () -> {
          entered.countDown();
          leave.await();
          assertFalse(Thread.currentThread().isInterrupted());
          assertTrue(Context.current().isDone());
          return ctx;
        };
    var attempt = Attempt.start(ctx.wrap(task));
    entered.await();
    ctx.cancel();
    pass(
        SHORT); // where a test advances time, every thread that the end has started is idle by then
    leave.countDown();
    assertNull(attempt.failure());
  }
}
