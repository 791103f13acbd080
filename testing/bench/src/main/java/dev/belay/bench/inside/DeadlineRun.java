package dev.belay.bench.inside;

import dev.belay.Context;
import dev.belay.DeadlineExceededException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** A deadline passes while a thread sleeps. */
final class DeadlineRun {
  private static final Duration LIMIT = Duration.ofMillis(5);

  private static final long SPIN_NANOS = 200_000;

  private DeadlineRun() {}

  /** Runs it. */
  static void once() throws InterruptedException {
    long due = System.nanoTime() + LIMIT.toNanos();
    try (var root = Context.root("shop");
        var request = root.withName("POST /orders").withTimeout(LIMIT)) {
      request.onDone(() -> Moment.is("the inline reaction runs"), Runnable::run);
      request.onDone(() -> Moment.is("the reaction runs"));
      Thread sleeper = Thread.ofVirtual().name("sleeping").start(() -> sleep(request));
      // Without a look at the context: whoever looks finds the deadline before the timer does.
      LockSupport.parkNanos(due - System.nanoTime() - SPIN_NANOS);
      while (System.nanoTime() < due) {
        Thread.onSpinWait();
      }
      Moment.is(Moment.ZERO);
      Moment.is("the deadline");
      sleeper.join();
    }
  }

  private static void sleep(Context request) {
    try {
      request.withName("charge").run(c -> c.sleep(Duration.ofHours(1)));
    } catch (DeadlineExceededException e) {
      Moment.is("sleep() throws: " + e.getMessage());
    } catch (InterruptedException e) {
      Moment.is("fails: " + e);
    }
  }
}
