package dev.belay;

import dev.belay.spi.HelperThread;
import dev.belay.spi.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** A clock that a test turns by hand. Timers run on the thread that turns it. */
public final class ManualClock implements TimeSource {
  private final AtomicLong now = new AtomicLong();

  /** Guarded by its monitor: a thread that is about to park must not wait for a lock that parks. */
  private final PriorityQueue<Alarm> alarms =
      new PriorityQueue<>(8, Comparator.comparingLong(Alarm::nanos));

  private final Queue<Thread> started = new ConcurrentLinkedQueue<>();
  private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
  public final AtomicInteger scheduled = new AtomicInteger();

  /** How far the coarse clock is behind. */
  public volatile Duration coarseLag = Duration.ZERO;

  private volatile Runnable atNextRead = () -> {};
  private volatile Runnable atNextTimer = () -> {};
  private volatile Runnable atNextInstant = () -> {};

  private record Alarm(long nanos, Runnable task) {}

  public void advance(Duration duration) throws InterruptedException {
    long end = now.get() + duration.toNanos();
    for (Alarm next = due(end); next != null; next = due(end)) {
      now.set(Math.max(now.get(), next.nanos));
      next.task.run();
    }
    now.set(end);
    settle();
  }

  /** Moves the clock without running a timer: the timer is late. */
  public void advanceSilently(Duration duration) {
    now.addAndGet(duration.toNanos());
  }

  /** Waits for every thread that a reaction was given. */
  public void settle() throws InterruptedException {
    for (Thread thread = started.poll(); thread != null; thread = started.poll()) {
      thread.join();
    }
  }

  /** Advances from a thread that other threads' work does not wait for. */
  public void advanceAndForget(Duration duration) {
    long end = now.addAndGet(duration.toNanos());
    for (Alarm next = due(end); next != null; next = due(end)) {
      next.task.run();
    }
  }

  private Alarm due(long end) {
    synchronized (alarms) {
      Alarm next = alarms.peek();
      return next != null && next.nanos <= end ? alarms.poll() : null;
    }
  }

  private void remove(Alarm alarm) {
    synchronized (alarms) {
      alarms.remove(alarm);
    }
  }

  /** Does {@code task} just after the next reading, which it does not change. */
  public void afterNextRead(Runnable task) {
    atNextRead = task;
  }

  /** Does {@code task} while the next timer is being set. */
  public void whileSettingATimer(Runnable task) {
    atNextTimer = task;
  }

  /** Does {@code task} while the wall clock is being read for the next time. */
  public void whileTellingTheInstant(Runnable task) {
    atNextInstant = task;
  }

  /** What tasks have thrown on threads of this clock. */
  public Queue<Throwable> failures() {
    return failures;
  }

  public int pendingTimers() {
    synchronized (alarms) {
      return alarms.size();
    }
  }

  public int startedThreads() {
    return started.size();
  }

  /** The one thread that was started. */
  public Thread onlyStarted() {
    if (started.size() != 1) {
      throw new IllegalStateException("started: " + started);
    }
    return started.element();
  }

  @Override
  public long nanoTime() {
    long read = now.get();
    Runnable task = atNextRead;
    atNextRead = () -> {};
    task.run();
    return read;
  }

  @Override
  public long coarseNanoTime() {
    return nanoTime() - coarseLag.toNanos();
  }

  @Override
  public Instant instant() {
    Runnable task = atNextInstant;
    atNextInstant = () -> {};
    task.run();
    return Instant.EPOCH.plusNanos(now.get());
  }

  @Override
  public Timer schedule(long nanos, Runnable task) {
    var alarm = new Alarm(nanos, task);
    scheduled.incrementAndGet();
    synchronized (alarms) {
      alarms.add(alarm);
    }
    Runnable meanwhile = atNextTimer;
    atNextTimer = () -> {};
    meanwhile.run();
    return () -> remove(alarm);
  }

  @Override
  public void start(String name, Runnable task) {
    Thread thread = HelperThread.unstarted(name, () -> runAndTell(task));
    thread.start();
    started.add(thread);
  }

  private void runAndTell(Runnable task) {
    try {
      task.run();
    } catch (Throwable t) {
      failures.add(t);
      throw t;
    }
  }

  @Override
  public void park(Object blocker, long nanos) {
    if (nanos == Long.MAX_VALUE) {
      LockSupport.park(blocker);
      return;
    }
    Thread thread = Thread.currentThread();
    Timer timer = schedule(nanos, () -> LockSupport.unpark(thread));
    if (now.get() < nanos) { // the clock may have been turned before the timer was set
      LockSupport.park(blocker);
    }
    timer.cancel();
  }
}
