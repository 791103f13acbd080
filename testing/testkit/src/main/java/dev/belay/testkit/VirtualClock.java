package dev.belay.testkit;

import dev.belay.spi.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Time that passes only when a test says so. Deadlines, {@code sleep}, waits with a time-out, the
 * deadlines and forks of groups, retries, hedges and the patience of cancellers below its root
 * follow it, so a test of an hour takes a millisecond and nothing races. What the JDK times by
 * itself, such as {@code Thread.sleep} or a socket's time-out, does not; nor do the pauses after
 * which a cancel is repeated, because single cancels get lost in real systems.
 *
 * <p>One thread advances it, the test's own; any thread may wait on it. Before time moves on, every
 * thread of this clock has come to rest: it is parked, blocked, in a native method such as a read,
 * or has ended. These threads are the forks, reactions and cancellers under its contexts, and
 * whatever has waited on it. The clock cannot know of another thread before that thread first waits
 * on it, nor what a thread that does real I/O will do next, nor that a platform thread which waits
 * for another one, as at a queue, has just been woken: use {@link #awaitWaiting} there.
 */
public final class VirtualClock implements TimeSource {
  private static final int BUSY_TURNS = 100_000;
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final PriorityQueue<Alarm> alarms =
      new PriorityQueue<>(
          Comparator.comparingLong((Alarm alarm) -> alarm.nanos)
              .thenComparingLong(alarm -> alarm.order));
  private final ClockThreads threads;
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
  public VirtualClock() {
    this(PATIENCE);
  }

  /**
   * The same.
   *
   * @param patience how long to wait in real time for its threads
   */
  VirtualClock(Duration patience) {
    threads = new ClockThreads(patience);
  }

  /**
   * Advances the time by {@code duration}: every timer that is due on the way fires in its order,
   * and every thread that it wakes is at rest again before the next one fires.
   *
   * @throws IllegalArgumentException if it is negative
   * @throws AssertionError if a thread of this clock does not come to rest within a minute
   */
  public void advance(Duration duration) {
    if (duration == null) {
      throw new NullPointerException("duration is null: pass how much time passes");
    }
    if (duration.isNegative()) {
      throw new IllegalArgumentException("time does not go back: " + duration);
    }
    boolean endless = duration.compareTo(Duration.ofNanos(Long.MAX_VALUE - now)) > 0;
    long end = endless ? Long.MAX_VALUE : now + duration.toNanos();
    threads.awaitRest();
    for (Alarm due = due(end); due != null; due = due(end)) {
      ring(due);
    }
    now = end;
    threads.awaitRest();
  }

  /**
   * Advances the time from timer to timer until none is set and every thread is at rest. Deadlines
   * of contexts that are open are timers, too.
   *
   * @throws IllegalStateException if timers keep being set
   * @throws AssertionError if a thread of this clock does not come to rest within a minute
   */
  public void runUntilIdle() {
    threads.awaitRest();
    int turns = 0;
    for (Alarm due = due(Long.MAX_VALUE); due != null; due = due(Long.MAX_VALUE)) {
      if (++turns > BUSY_TURNS) {
        throw new IllegalStateException(
            "still busy after " + BUSY_TURNS + " timers: does a loop sleep without an end?");
      }
      ring(due);
    }
  }

  /**
   * Waits in real time until at least {@code count} threads wait on this clock: in {@code sleep},
   * {@code awaitDone}, a group's {@code join}. Call it before the time is advanced where threads
   * that the clock does not know yet are on their way, or real I/O lies in between.
   *
   * @throws AssertionError if they do not within a minute; it says where the threads are
   */
  public void awaitWaiting(int count) {
    threads.awaitWaiting(count);
  }

  /**
   * Waits in real time until at least {@code count} timers are set, as deadlines that are observed
   * and waits with a limit do, and all threads of this clock are at rest. Call it before the time
   * is advanced where a thread that the clock does not know is about to set one.
   *
   * @throws AssertionError if they are not within a minute; it says where the clock's threads are
   */
  public void awaitTimers(int count) {
    threads.awaitTimers(count, this::pendingTimers);
  }

  /** How many timers are set. */
  public int pendingTimers() {
    synchronized (alarms) {
      return alarms.size();
    }
  }

  /** The threads that were started under it or have waited on it, and have not ended. */
  Set<Thread> liveThreads() {
    return threads.live();
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
    threads.awaitRest();
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
  public void starting(Thread thread) {
    threads.starting(thread);
  }

  @Override
  public void park(Object blocker, long nanos) {
    threads.park(blocker, () -> parkUntil(blocker, nanos));
  }

  private void parkUntil(Object blocker, long nanos) {
    if (nanos == Long.MAX_VALUE) {
      LockSupport.park(blocker);
      return;
    }
    Thread thread = Thread.currentThread();
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
