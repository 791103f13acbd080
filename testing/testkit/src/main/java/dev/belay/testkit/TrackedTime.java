package dev.belay.testkit;

import dev.belay.spi.ForwardingTimeSource;
import dev.belay.spi.HelperThread;
import dev.belay.spi.TimeSource;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The system's time, remembering the timers and threads of one test. */
final class TrackedTime extends ForwardingTimeSource {
  private final Set<Timer> timers = ConcurrentHashMap.newKeySet();
  private final Set<Thread> threads = ConcurrentHashMap.newKeySet();

  TrackedTime() {
    super(TimeSource.system());
  }

  int pendingTimers() {
    return timers.size();
  }

  Set<Thread> liveThreads() {
    threads.removeIf(thread -> thread.getState() == Thread.State.TERMINATED);
    return threads.stream().filter(Thread::isAlive).collect(Collectors.toSet());
  }

  @Override
  public Timer schedule(long nanos, Runnable task) {
    var tracked = new Tracked();
    timers.add(tracked);
    tracked.timer =
        super.schedule(
            nanos,
            () -> {
              tracked.over();
              task.run();
            });
    return tracked;
  }

  @Override
  public @Nullable Timer alarm(long nanos) {
    Timer alarm = super.alarm(nanos);
    if (alarm == null) {
      return null;
    }
    var tracked = new Tracked();
    timers.add(tracked);
    tracked.timer = alarm;
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
    starting(thread);
    thread.start();
  }

  @Override
  public void starting(Thread thread) {
    threads.add(thread);
  }
}
