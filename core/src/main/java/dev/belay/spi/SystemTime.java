package dev.belay.spi;

import java.time.Instant;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** The machine's clock, and one daemon thread for all timers that ends when it has been idle. */
final class SystemTime implements TimeSource {
  static final SystemTime INSTANCE = new SystemTime();

  private static final long ORIGIN = System.nanoTime();

  private final ScheduledThreadPoolExecutor timers;

  private SystemTime() {
    // A thread of our own, never the common pool: user code may block that one.
    timers =
        new ScheduledThreadPoolExecutor(
            1, task -> Thread.ofPlatform().name("belay-timer").daemon().unstarted(task));
    timers.setRemoveOnCancelPolicy(true);
    timers.setKeepAliveTime(10, TimeUnit.SECONDS);
    timers.allowCoreThreadTimeOut(true);
  }

  @Override
  public long nanoTime() {
    return System.nanoTime() - ORIGIN;
  }

  @Override
  public Instant instant() {
    return Instant.now();
  }

  @Override
  public Timer schedule(long nanos, Runnable task) {
    ScheduledFuture<?> future =
        timers.schedule(
            () -> start("belay-deadline", task), nanos - nanoTime(), TimeUnit.NANOSECONDS);
    return () -> future.cancel(false);
  }

  @Override
  public void park(Object blocker, long nanos) {
    if (nanos == Long.MAX_VALUE) {
      LockSupport.park(blocker);
    } else {
      LockSupport.parkNanos(blocker, nanos - nanoTime());
    }
  }
}
