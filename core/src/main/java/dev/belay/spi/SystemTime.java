package dev.belay.spi;

import java.time.Instant;
import java.util.concurrent.locks.LockSupport;

/** The machine's clock. */
final class SystemTime implements TimeSource {
  static final SystemTime INSTANCE = new SystemTime();

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
    if (nanos == Long.MAX_VALUE) {
      LockSupport.park(blocker);
    } else {
      LockSupport.parkNanos(blocker, nanos - nanoTime());
    }
  }
}
