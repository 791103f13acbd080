package dev.belay.time;

import dev.belay.kernel.Unfinished;
import dev.belay.spi.TimeSource;
import java.time.Instant;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** The machine's clock and timers. */
public final class SystemTime implements TimeSource {
  /** The one clock. */
  public static final SystemTime INSTANCE = new SystemTime();

  /** Our timers may be late by a millisecond or two: what is left after an alarm. */
  private static final long REST_NANOS = 10_000_000;

  private static final long ORIGIN = System.nanoTime();

  private final Timers timers = new Timers(this::nanoTime, this::due);

  private SystemTime() {
    Unfinished.setWaker(timers::wake);
  }

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

  /**
   * A virtual thread that is woken out of a timed park takes its timer out of a queue of the JDK's
   * that all share before it runs on, which takes longer than the wake-up itself.
   */
  @Override
  public @Nullable Timer alarm(long nanos) {
    Thread thread = Thread.currentThread();
    long rings = nanos - REST_NANOS;
    return thread.isVirtual() && rings - nanoTime() > REST_NANOS
        ? timers.set(rings, new Alarm(thread))
        : null;
  }

  @Override
  public void park(Object blocker, long nanos) {
    if (nanos == Long.MAX_VALUE) {
      LockSupport.park(blocker);
    } else {
      LockSupport.parkNanos(blocker, nanos - nanoTime());
    }
  }

  /** On the timers' thread, which must not wait: only our own task, a wake-up, is run there. */
  private void due(Runnable task) {
    if (task instanceof Alarm alarm) {
      alarm.run();
    } else {
      start("belay-deadline", task);
    }
  }

  /** On no thread of its own: should all carriers be pinned by sleepers, it would never run. */
  private record Alarm(Thread sleeper) implements Runnable {
    @Override
    public void run() {
      LockSupport.unpark(sleeper);
    }
  }
}
