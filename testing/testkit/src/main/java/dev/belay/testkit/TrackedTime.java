package dev.belay.testkit;

import dev.belay.spi.HelperThread;
import dev.belay.spi.TimeSource;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/** The system's time, remembering the timers and threads of one test. */
final class TrackedTime implements TimeSource {
  private final TimeSource system = TimeSource.system();
  private final Set<Timer> timers = ConcurrentHashMap.newKeySet();
  private final Set<Thread> threads = ConcurrentHashMap.newKeySet();

  int pendingTimers() {
    return timers.size();
  }

  Set<Thread> liveThreads() {
    threads.removeIf(thread -> !thread.isAlive());
    return Set.copyOf(threads);
  }

  @Override
  public long nanoTime() {
    return system.nanoTime();
  }

  @Override
  public Instant instant() {
    return system.instant();
  }

  @Override
  public Timer schedule(long nanos, Runnable task) {
    var tracked = new Tracked();
    timers.add(tracked);
    tracked.timer =
        system.schedule(
            nanos,
            () -> {
              tracked.over();
              task.run();
            });
    return tracked;
  }

  private final class Tracked implements Timer {
    private final AtomicBoolean over = new AtomicBoolean();
    private volatile Timer timer = () -> {};

    void over() {
      if (over.compareAndSet(false, true)) {
        timers.remove(this);
      }
    }

    @Override
    public void cancel() {
      over();
      timer.cancel();
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
    system.park(blocker, nanos);
  }
}
