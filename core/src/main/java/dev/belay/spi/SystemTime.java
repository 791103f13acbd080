package dev.belay.spi;

import java.time.Instant;
import java.util.concurrent.locks.LockSupport;

/** The machine's clock. */
final class SystemTime implements TimeSource {
  static final SystemTime INSTANCE = new SystemTime();

  /** Twice what our timers may be late, many times over. */
  private static final long LONG_NANOS = 20_000_000;

  private static final long ORIGIN = System.nanoTime();

  private final Timers timers = new Timers(this::nanoTime, task -> start("belay-deadline", task));

  private SystemTime() {}

  @Override
  public long nanoTime() {
    return System.nanoTime() - ORIGIN;
  }

  @Override
  public long coarseNanoTime() {
    return timers.coarseNanoTime();
  }

  @Override
  public Instant instant() {
    return Instant.now();
  }

  @Override
  public Timer schedule(long nanos, Runnable task) {
    return timers.set(nanos, task);
  }

  @Override
  public void park(Object blocker, long nanos) {
    long left = nanos - nanoTime();
    if (nanos == Long.MAX_VALUE) {
      LockSupport.park(blocker);
    } else if (left > LONG_NANOS && Thread.currentThread().isVirtual()) {
      parkUntimed(blocker, nanos - LONG_NANOS / 2);
    } else {
      LockSupport.parkNanos(blocker, left);
    }
  }

  /**
   * Whoever is woken from a timed park of the JDK's on a virtual thread takes its timer out of a
   * queue that all share before it runs on: three times as long as from an untimed one. So of a
   * long wait only the end is timed so, where our timers would be too coarse.
   */
  private void parkUntimed(Object blocker, long nanos) {
    Thread thread = Thread.currentThread();
    Timer timer = schedule(nanos, () -> LockSupport.unpark(thread));
    try {
      LockSupport.park(blocker);
    } finally {
      timer.cancel();
    }
  }
}
