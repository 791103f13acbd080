package dev.belay.testkit;

import dev.belay.spi.HelperThread;
import dev.belay.spi.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Time that passes only when a test says so. Deadlines, timers, {@code sleep} and waits with a
 * time-out below its root follow it, so a test of an hour takes a millisecond and nothing races.
 *
 * <p>One thread advances it, the test's own; any thread may wait on it. Before time moves on, every
 * thread that waits on this clock or was started by a reaction has come to rest: it is parked,
 * blocked, or has ended.
 */
public final class VirtualClock implements TimeSource {
  private static final int BUSY_TURNS = 100_000;

  private final PriorityQueue<Alarm> alarms =
      new PriorityQueue<>(
          Comparator.comparingLong((Alarm alarm) -> alarm.nanos)
              .thenComparingLong(alarm -> alarm.order));
  private final Set<Thread> threads = ConcurrentHashMap.newKeySet();
  private volatile long now;
  private long orders;

  /** A timer that was set; those of one moment ring in the order in which they were set. */
  private final class Alarm implements Timer {
    private final long nanos;
    private final long order;
    private final Runnable task;

    Alarm(long nanos, long order, Runnable task) {
      this.nanos = nanos;
      this.order = order;
      this.task = task;
    }

    @Override
    public void cancel() {
      synchronized (alarms) {
        alarms.remove(this);
      }
    }
  }

  /** A clock at the epoch. */
  public VirtualClock() {}

  /**
   * Advances the time by {@code duration}: every timer that is due on the way fires in its order,
   * and every thread that it wakes is idle again before the next one fires.
   *
   * @throws IllegalArgumentException if it is negative
   */
  public void advance(Duration duration) {
    if (duration.isNegative()) {
      throw new IllegalArgumentException("time does not go back: " + duration);
    }
    long end = now + duration.toNanos();
    awaitIdle();
    for (Alarm due = due(end); due != null; due = due(end)) {
      ring(due);
    }
    now = end;
    awaitIdle();
  }

  /**
   * Advances the time from timer to timer until none is set and every thread is idle.
   *
   * @throws IllegalStateException if timers keep being set
   */
  public void runUntilIdle() {
    awaitIdle();
    int turns = 0;
    for (Alarm due = due(Long.MAX_VALUE); due != null; due = due(Long.MAX_VALUE)) {
      if (++turns > BUSY_TURNS) {
        throw new IllegalStateException(
            "still busy after " + BUSY_TURNS + " timers: does a loop sleep without an end?");
      }
      ring(due);
    }
  }

  /** How many timers are set. */
  public int pendingTimers() {
    synchronized (alarms) {
      return alarms.size();
    }
  }

  /** The threads of reactions and cancellers, and those that wait on this clock, still alive. */
  Set<Thread> liveThreads() {
    threads.removeIf(thread -> !thread.isAlive());
    return Set.copyOf(threads);
  }

  private @Nullable Alarm due(long end) {
    synchronized (alarms) {
      Alarm next = alarms.peek();
      return next == null || next.nanos > end ? null : alarms.poll();
    }
  }

  private void ring(Alarm alarm) {
    now = Math.max(now, alarm.nanos);
    alarm.task.run();
    awaitIdle();
  }

  /** Waits until no thread of this clock runs. */
  private void awaitIdle() {
    while (threads.stream().anyMatch(VirtualClock::runs)) {
      LockSupport.parkNanos(this, 20_000);
    }
    threads.removeIf(thread -> !thread.isAlive());
  }

  private static boolean runs(Thread thread) {
    return thread.getState() == Thread.State.RUNNABLE && !thread.equals(Thread.currentThread());
  }

  @Override
  public long nanoTime() {
    return now;
  }

  @Override
  public Instant instant() {
    return Instant.EPOCH.plusNanos(now);
  }

  @Override
  public Timer schedule(long nanos, Runnable task) {
    synchronized (alarms) {
      var alarm = new Alarm(nanos, orders++, task);
      alarms.add(alarm);
      return alarm;
    }
  }

  @Override
  public void start(String name, Runnable task) {
    Thread thread = HelperThread.unstarted(name, task);
    threads.add(thread);
    thread.start();
  }

  @Override
  public void park(Object blocker, long nanos) {
    Thread thread = Thread.currentThread();
    threads.add(thread);
    if (nanos == Long.MAX_VALUE) {
      LockSupport.park(blocker);
      return;
    }
    if (nanos <= now) {
      return;
    }
    Timer timer = schedule(nanos, () -> LockSupport.unpark(thread));
    try {
      if (nanos > now) {
        LockSupport.park(blocker);
      }
    } finally {
      timer.cancel();
    }
  }
}
