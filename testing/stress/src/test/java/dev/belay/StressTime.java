package dev.belay;

import dev.belay.spi.TimeSource;
import java.time.Instant;
import java.util.Iterator;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/**
 * A clock that stands still until it is set. What would get a thread of its own runs on the thread
 * that starts it, so that two actors are all there are; but what a call's own thread starts cancels
 * that call, and comes late.
 */
final class StressTime implements TimeSource {
  final Set<Pending> pending = ConcurrentHashMap.newKeySet();
  volatile long now;
  private volatile Thread caller;
  private volatile Runnable late;

  /** One object for each timer, compared by identity. */
  final class Pending implements Timer {
    private final Runnable task;

    private Pending(Runnable task) {
      this.task = task;
    }

    @Override
    public void cancel() {
      pending.remove(this);
    }
  }

  /** The scope right below the background, whose clock this is, untracked: leaves stay leaves. */
  CancelContext top() {
    return (CancelContext) NamedContext.root("top", new Environment(this, false, false));
  }

  /** Does what the timer does when all deadlines have passed. */
  void pass() {
    now = Long.MAX_VALUE - 1;
    for (Iterator<Pending> due = pending.iterator(); due.hasNext(); ) {
      Pending next = due.next();
      due.remove();
      next.task.run();
    }
  }

  @Override
  public long nanoTime() {
    return now;
  }

  @Override
  public Instant instant() {
    return Instant.EPOCH;
  }

  @Override
  public Timer schedule(long nanos, Runnable task) {
    var timer = new Pending(task);
    pending.add(timer);
    return timer;
  }

  @Override
  public void start(String name, Runnable task) {
    if (Thread.currentThread().equals(caller)) {
      late = task;
    } else {
      task.run();
    }
  }

  /** Says that the current thread is about to make calls. */
  void calling() {
    caller = Thread.currentThread();
  }

  /** The thread that makes calls, as soon as it does. */
  Thread caller() {
    Thread known = caller;
    while (known == null) {
      Thread.onSpinWait();
      known = caller;
    }
    return known;
  }

  /** Does what came late. */
  void settle() {
    if (late != null) {
      late.run();
    }
  }

  @Override
  public void park(Object blocker, long nanos) {
    LockSupport.park(blocker);
  }
}
