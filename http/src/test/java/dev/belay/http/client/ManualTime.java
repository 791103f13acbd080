package dev.belay.http.client;

import dev.belay.spi.TimeSource;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Time that passes when a test says so. */
final class ManualTime implements TimeSource {
  private record Task(long at, Runnable body) {}

  private final List<Task> tasks = new ArrayList<>();
  private volatile long now;

  /** Lets {@code nanos} pass and starts what is due. */
  synchronized void pass(long nanos) {
    now += nanos;
    for (Iterator<Task> each = tasks.iterator(); each.hasNext(); ) {
      Task task = each.next();
      if (task.at <= now) {
        each.remove();
        start("belay-deadline", task.body);
      }
    }
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
  public synchronized Timer schedule(long nanos, Runnable body) {
    var task = new Task(nanos, body);
    tasks.add(task);
    pass(0);
    return () -> {
      synchronized (this) {
        tasks.remove(task);
      }
    };
  }

  @Override
  public void park(Object blocker, long nanos) {
    LockSupport.parkNanos(blocker, TimeUnit.MILLISECONDS.toNanos(10));
  }
}
