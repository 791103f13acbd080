package dev.belay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.spi.ContextEvent;
import dev.belay.spi.ContextEvents;
import dev.belay.spi.ContextListener;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** R17–R19: reactions. */
class ReactionTest extends Fixture {

  @Test
  @DisplayName("R17: the action runs once, on a virtual thread of its own")
  void theActionRunsOnce() throws Exception {
    var ctx = root.withCancel();
    var runs = new AtomicInteger();
    var thread = new AtomicReference<Thread>();
    Registration registration =
        ctx.onDone(
            () -> {
              runs.incrementAndGet();
              thread.set(Thread.currentThread());
            });
    ctx.cancel();
    ctx.cancel();
    clock.settle();
    assertThat(runs).hasValue(1);
    assertThat(thread.get().isVirtual()).isTrue();
    assertThat(registration.stop()).isFalse();
  }

  @Test
  @DisplayName("R17: on a context that has ended the action runs at once")
  void theActionRunsAtOnceAfterTheEnd() throws Exception {
    var ctx = root.withCancel();
    ctx.cancel();
    var runs = new AtomicInteger();
    ctx.onDone(runs::incrementAndGet, Runnable::run);
    assertThat(runs).hasValue(1);
  }

  @Test
  @DisplayName("R17: one stop() is true, and then the action never runs")
  void oneStopIsTrue() throws Exception {
    var ctx = root.withCancel();
    var runs = new AtomicInteger();
    Registration registration = ctx.onDone(runs::incrementAndGet);
    assertThat(registration.stop()).isTrue();
    assertThat(registration.stop()).isFalse();
    ctx.cancel();
    clock.settle();
    assertThat(runs).hasValue(0);
  }

  @Tag("race")
  @Test
  @DisplayName("R17: in a race either the action runs or one stop() is true, never both or neither")
  void stopAndRunInARace() throws Exception {
    for (int round = 0; round < 5_000; round++) {
      var ctx = root.withCancel();
      var runs = new AtomicInteger();
      var stops = new AtomicInteger();
      Registration registration = ctx.onDone(runs::incrementAndGet, Runnable::run);
      Thread stopper =
          Thread.ofVirtual()
              .start(
                  () -> {
                    if (registration.stop()) {
                      stops.incrementAndGet();
                    }
                  });
      ctx.cancel();
      stopper.join();
      assertThat(runs.get() + stops.get()).isEqualTo(1);
    }
  }

  @Test
  @DisplayName("R17: close() waits for a running action")
  void closeWaitsForARunningAction() throws Exception {
    var ctx = root.withCancel();
    var running = new CountDownLatch(1);
    var go = new CountDownLatch(1);
    var returned = new AtomicBoolean();
    Registration registration =
        ctx.onDone(
            () -> {
              running.countDown();
              awaitQuietly(go);
              returned.set(true);
            });
    ctx.cancel();
    running.await();
    var seen = new AtomicBoolean();
    Thread closer =
        Thread.ofPlatform()
            .start(
                () -> {
                  registration.close();
                  seen.set(returned.get());
                });
    awaitParked(closer);
    assertThat(registration.stop()).isFalse();
    go.countDown();
    closer.join();
    assertThat(seen).isTrue();
  }

  @Test
  @DisplayName("R17: close() from within the action returns")
  void closeFromWithinReturns() throws Exception {
    var ctx = root.withCancel();
    var self = new CompletableFuture<Registration>();
    var done = new CountDownLatch(1);
    self.complete(
        ctx.onDone(
            () -> {
              self.join().close();
              done.countDown();
            }));
    ctx.cancel();
    done.await();
  }

  @Test
  @DisplayName("R18: actions start parent before child; inline ones after the whole subtree")
  void actionsStartParentBeforeChild() {
    List<String> order = new ArrayList<>();
    var parent = root.withCancel();
    var child = parent.withCancel();
    var grandchild = child.withCancel();
    grandchild.onDone(() -> order.add("grandchild"), Runnable::run);
    child.onDone(() -> order.add("child"), Runnable::run);
    parent.onDone(
        () -> order.add("parent, grandchild done: " + grandchild.isDone()), Runnable::run);
    parent.cancel();
    assertThat(order).containsExactly("parent, grandchild done: true", "child", "grandchild");
  }

  @Test
  @DisplayName("R18: no lock is held while foreign code runs")
  void noLockIsHeldWhileForeignCodeRuns() throws Exception {
    var parent = root.withCancel();
    var child = parent.withTimeout(SECOND);
    var derivedBorn = new AtomicBoolean();
    child.onDone(
        () -> {
          // Another thread derives, observes, cancels and looks while this action runs inline.
          Thread other =
              Thread.ofPlatform()
                  .start(
                      () -> {
                        derivedBorn.set(child.withCancel().isDone());
                        parent.onDone(() -> {}).stop();
                        child.cancel();
                        parent.cancel();
                        dev.belay.spi.TreeInspector.live(root);
                      });
          joinQuietly(other);
        },
        Runnable::run);
    parent.cancel();
    assertThat(derivedBorn).isTrue();
  }

  @Test
  @DisplayName("R18: an action that throws goes to the uncaught handler and stops no other")
  void anActionThatThrowsStopsNoOther() {
    var ctx = root.withCancel();
    List<Throwable> uncaught = new ArrayList<>();
    var runs = new AtomicInteger();
    var failure = new IllegalStateException("action");
    ctx.onDone(
        () -> {
          throw failure;
        },
        Runnable::run);
    ctx.onDone(
        () -> {},
        task -> {
          throw new RejectedExecutionException("full");
        });
    ctx.onDone(runs::incrementAndGet, Runnable::run);
    Thread thread = Thread.currentThread();
    var before = thread.getUncaughtExceptionHandler();
    thread.setUncaughtExceptionHandler((t, e) -> uncaught.add(e));
    List<ContextEvent> events = new ArrayList<>();
    ContextListener listener =
        event -> {
          if (event instanceof ContextEvent.Uncaught) {
            events.add(event);
          }
        };
    ContextEvents.install(listener);
    try {
      ctx.cancel();
    } finally {
      ContextEvents.remove(listener);
      thread.setUncaughtExceptionHandler(before);
    }
    assertThat(runs).hasValue(1);
    assertThat(uncaught).containsExactly(failure);
    assertThat(events)
        .extracting(event -> ((ContextEvent.Uncaught) event).origin())
        .containsExactly("reaction", "executor");
  }

  @Test
  @DisplayName("R18: a deadline's walk and actions do not run on the timer's thread")
  void nothingRunsOnTheTimersThread() throws Exception {
    try (var ctx = Context.background().withTimeout(Duration.ofMillis(1))) {
      var name = new CompletableFuture<String>();
      ctx.onDone(() -> name.complete(Thread.currentThread().getName()), Runnable::run);
      assertThat(name.get()).isNotEqualTo("belay-timer");
    }
  }

  @Test
  @DisplayName("R19: on a context that can never end a registration is a shared constant")
  void aRegistrationThatCanNeverRunIsShared() {
    var first = Context.background().onDone(() -> {});
    var second = root.withoutCancel().withName("x").onDone(() -> {});
    assertThat(first).isSameAs(second);
    assertThat(first.stop()).isTrue();
    first.close();
  }

  @Test
  @DisplayName("a registration that was stopped is gone from the context")
  void aStoppedRegistrationIsGone() {
    for (int i = 0; i < 100; i++) {
      root.onDone(() -> {}).close();
    }
    assertThat(((CancelContext) root).link().entries()).isEmpty();
  }

  private static void joinQuietly(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  @DisplayName("R13: what watched alone is gone from the context above when it stops or has run")
  void whatWatchedAloneIsGone() throws Exception {
    var parent = (CancelContext) root.withCancel();
    parent.linked();
    CancellableContext stopped = parent.withCancel();
    stopped.onDone(() -> {}).stop();
    assertThat(parent.link().entries()).noneMatch(Reaction.class::isInstance);
    CancellableContext ended = parent.withCancel();
    ended.onDone(() -> {});
    ((CancelContext) ended).linked();
    ended.cancel();
    assertThat(parent.link().entries()).noneMatch(entry -> entry.context() == ended);
  }

  @Test
  @DisplayName("R17: stopping one registration leaves the others")
  void stoppingOneLeavesTheOthers() {
    for (int stopped = 0; stopped < 3; stopped++) {
      var ctx = root.withCancel();
      List<Integer> runs = new ArrayList<>();
      List<Registration> registrations = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        int number = i;
        registrations.add(ctx.onDone(() -> runs.add(number), Runnable::run));
      }
      registrations.get(stopped).stop();
      ctx.cancel();
      assertThat(runs).hasSize(2).doesNotContain(stopped);
    }
  }

  @ParameterizedTest
  @MethodSource("threads")
  @DisplayName("R17: close() waits for an action that its executor has begun; interrupts are kept")
  void closeWaitsForAnActionThatHasBegun(ThreadFactory threads) throws Exception {
    var ctx = root.withCancel();
    var queue = new ArrayList<Runnable>();
    var begun = new CountDownLatch(1);
    var goOn = new CountDownLatch(1);
    var ran = new AtomicBoolean();
    var self = new AtomicReference<Registration>();
    self.set(
        ctx.onDone(
            () -> {
              begun.countDown();
              awaitQuietly(goOn);
              self.get().close(); // from within, although others wait
              ran.set(true);
            },
            queue::add));
    ctx.cancel();
    Thread runner = threads.newThread(queue.getFirst());
    runner.start();
    begun.await();
    List<FutureTask<Boolean>> closed = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      var seen =
          new FutureTask<>(
              () -> {
                self.get().close();
                return ran.get() && Thread.interrupted();
              });
      closed.add(seen);
      Thread closer = threads.newThread(seen);
      closer.start();
      awaitParked(closer);
      closer.interrupt();
      awaitParked(closer);
    }
    assertThat(self.get().stop()).isFalse();
    goOn.countDown();
    for (FutureTask<Boolean> seen : closed) {
      assertThat(seen.get()).isTrue();
    }
    self.get().close();
    runner.join();
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  @DisplayName("R17, R40: an action that its executor has not begun is taken back, and never runs")
  void anActionThatWaitsInItsExecutor() {
    for (boolean byClose : new boolean[] {false, true}) {
      var ctx = root.withCancel();
      var queue = new ArrayList<Runnable>();
      var runs = new AtomicInteger();
      Registration registration = ctx.onDone(runs::incrementAndGet, queue::add);
      ctx.cancel();
      if (byClose) {
        registration.close();
      } else {
        assertThat(registration.stop()).isTrue();
      }
      assertThat(registration.stop()).isFalse();
      queue.getFirst().run();
      assertThat(runs).hasValue(0);
    }
  }

  @Test
  @DisplayName("R17, R40: an action runs once although its executor runs it twice, or throws then")
  void anExecutorThatRunsItTwice() {
    var ctx = root.withCancel();
    var runs = new AtomicInteger();
    Registration registration =
        ctx.onDone(
            runs::incrementAndGet,
            task -> {
              task.run();
              task.run();
              throw new RejectedExecutionException("after all");
            });
    ctx.cancel();
    registration.close();
    assertThat(runs).hasValue(1);
    assertThat(registration.stop()).isFalse();
  }

  @Test
  @DisplayName("R40: an inline action that interrupts its thread leaves no interrupt")
  void anInlineActionThatInterrupts() {
    var ctx = root.withCancel();
    ctx.onDone(() -> Thread.currentThread().interrupt(), Runnable::run);
    ctx.cancel();
    assertThat(Thread.interrupted()).isFalse();
  }

  @Test
  @DisplayName("R18: a handler that fails keeps no other action from running")
  void aHandlerThatFailsStopsNoOther() {
    var ctx = root.withCancel();
    var runs = new AtomicInteger();
    for (int i = 0; i < 2; i++) {
      ctx.onDone(
          () -> {
            runs.incrementAndGet();
            throw new IllegalStateException("action");
          },
          Runnable::run);
    }
    Thread thread = Thread.currentThread();
    var before = thread.getUncaughtExceptionHandler();
    thread.setUncaughtExceptionHandler(
        (t, e) -> {
          throw new IllegalStateException("handler");
        });
    try {
      ctx.cancel();
    } finally {
      thread.setUncaughtExceptionHandler(before);
    }
    assertThat(runs).hasValue(2);
  }

  @Test
  @DisplayName("R17: the registration of an action that its executor refused is over")
  void aRefusedActionIsOver() {
    var ctx = root.withCancel();
    Registration refused =
        ctx.onDone(
            () -> {},
            task -> {
              throw new RejectedExecutionException("full");
            });
    Thread thread = Thread.currentThread();
    var before = thread.getUncaughtExceptionHandler();
    thread.setUncaughtExceptionHandler((t, e) -> {});
    try {
      ctx.cancel();
    } finally {
      thread.setUncaughtExceptionHandler(before);
    }
    refused.close();
    assertThat(refused.stop()).isFalse();
  }

  @Test
  @DisplayName("R17: an action that was stopped does not run although a walk still comes by")
  void aStoppedActionDoesNotRun() {
    var runs = new AtomicInteger();
    Registration registration = root.onDone(runs::incrementAndGet, Runnable::run);
    registration.stop();
    ((Reaction) registration).fire();
    assertThat(runs).hasValue(0);
  }
}
