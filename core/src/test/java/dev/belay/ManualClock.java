package dev.belay;

import dev.belay.spi.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.PriorityBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** A clock that a test turns by hand. Timers run on the thread that turns it. */
final class ManualClock implements TimeSource {
  private final AtomicLong now = new AtomicLong();
  private final PriorityBlockingQueue<Alarm> alarms =
      new PriorityBlockingQueue<>(8, Comparator.comparingLong(Alarm::nanos));
  private final Queue<Thread> started = new ConcurrentLinkedQueue<>();
  final AtomicInteger scheduled = new AtomicInteger();

  private record Alarm(long nanos, Runnable task) {}

  void advance(Duration duration) throws InterruptedException {
    long end = now.get() + duration.toNanos();
    for (Alarm next = alarms.peek(); next != null && next.nanos <= end; next = alarms.peek()) {
      alarms.remove(next);
      now.set(Math.max(now.get(), next.nanos));
      next.task.run();
    }
    now.set(end);
    settle();
  }

  /** Moves the clock without running a timer: the timer is late. */
  void advanceSilently(Duration duration) {
    now.addAndGet(duration.toNanos());
  }

  /** Waits for every thread that a reaction was given. */
  void settle() throws InterruptedException {
    for (Thread thread = started.poll(); thread != null; thread = started.poll()) {
      thread.join();
    }
  }

  /** Advances from a thread that other threads' work does not wait for. */
  void advanceAndForget(Duration duration) {
    long end = now.addAndGet(duration.toNanos());
    for (Alarm next = alarms.peek(); next != null && next.nanos <= end; next = alarms.peek()) {
      alarms.remove(next);
      next.task.run();
    }
  }

  int pendingTimers() {
    return alarms.size();
  }

  int startedThreads() {
    return started.size();
  }

  @Override
  public long nanoTime() {
    return now.get();
  }

  @Override
  public Instant instant() {
    return Instant.EPOCH.plusNanos(now.get());
  }

  @Override
  public Timer schedule(long nanos, Runnable task) {
    var alarm = new Alarm(nanos, task);
    scheduled.incrementAndGet();
    alarms.add(alarm);
    return () -> alarms.remove(alarm);
  }

  @Override
  public void start(String name, Runnable task) {
    started.add(Thread.ofVirtual().name(name).start(task));
  }

  @Override
  public void park(Object blocker, long nanos) {
    if (nanos == Long.MAX_VALUE) {
      LockSupport.park(blocker);
      return;
    }
    Thread thread = Thread.currentThread();
    Timer timer = schedule(nanos, () -> LockSupport.unpark(thread));
    LockSupport.park(blocker);
    timer.cancel();
  }
}
