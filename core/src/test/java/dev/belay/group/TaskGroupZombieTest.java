package dev.belay.group;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Fixture;
import dev.belay.LogRecords;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** R32: a fork that ignores cancellation is reported while its group waits for it. */
class TaskGroupZombieTest extends Fixture {

  @ParameterizedTest
  @MethodSource("threads")
  @DisplayName("R32: a zombie is reported once, a grace time after the end, with its stack")
  void aZombieIsReported(ThreadFactory threads) throws Exception {
    try (var log = new LogRecords("dev.belay.zombie")) {
      var go = new CountDownLatch(1);
      var owner = new FutureTask<>(() -> leaveWhileAForkRuns(threads, go));
      Thread thread = threads.newThread(owner);
      thread.start();
      awaitUntil(() -> clock.pendingTimers() == 2); // the grace, and the patience of the interrupt
      clock.advanceAndForget(OwnerWait.GRACE.minusNanos(1));
      awaitParked(thread);
      assertThat(log.size()).isZero();
      clock.advanceAndForget(Duration.ofNanos(1));
      awaitUntil(() -> log.size() > 0);
      awaitParked(thread);
      clock.advanceAndForget(OwnerWait.GRACE);
      awaitParked(thread);
      go.countDown();
      owner.get();
      assertThat(log.size()).isEqualTo(1);
      assertThat(log.message(0))
          .isEqualTo(
              "fork \"deaf\" still runs 1s after the end of its context, and its owner waits for"
                  + " it: background/test/page/deaf [CANCELLED]. Pass its context to what it waits"
                  + " for, or stop that by a Canceller.");
      assertThat(log.thrown(0).getStackTrace())
          .anyMatch(frame -> frame.getMethodName().equals("deaf"));
    }
  }

  private Void leaveWhileAForkRuns(ThreadFactory threads, CountDownLatch go)
      throws InterruptedException {
    var running = new CountDownLatch(1);
    var last = new AtomicReference<Thread>();
    var group =
        TaskGroup.open(root.withName("page"))
            .threads(
                body -> {
                  last.set(threads.newThread(body));
                  return last.get();
                });
    group.fork("deaf", c -> deaf(running, go));
    group.fork("done", c -> null);
    last.get().join();
    running.await();
    group.cancel();
    group.fork("not started", c -> null);
    group.close();
    return null;
  }

  private static Void deaf(CountDownLatch running, CountDownLatch go) {
    running.countDown(); // from here on its stack shows it
    for (; ; ) {
      try {
        go.await();
        return null;
      } catch (InterruptedException e) {
        // that is what makes it a zombie
      }
    }
  }

  @ParameterizedTest
  @MethodSource("threads")
  @DisplayName("R32: no report while the context is active, however long a fork takes")
  void noReportWhileActive(ThreadFactory threads) throws Exception {
    var running = new CountDownLatch(1);
    var go = new CountDownLatch(1);
    var owner =
        new FutureTask<>(
            () -> {
              try (var group = TaskGroup.open(root).threads(threads)) {
                group.fork("long", c -> deaf(running, go));
                return group.join();
              }
            });
    Thread thread = threads.newThread(owner);
    thread.start();
    running.await();
    awaitParked(thread);
    assertThat(clock.pendingTimers()).isZero();
    go.countDown();
    assertThat(owner.get()).hasSize(1);
  }
}
