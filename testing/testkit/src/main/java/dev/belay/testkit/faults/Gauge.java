package dev.belay.testkit.faults;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** A number that one thread changes and another waits for. Any thread may use it. */
public final class Gauge {
  /** Long enough for a busy machine; a wait for what comes does not take that long. */
  static final Duration PATIENCE = Duration.ofMinutes(1);

  private final String name;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private int value;

  /**
   * A gauge at zero.
   *
   * @param name what it counts, for messages: {@code open connections}
   */
  public Gauge(String name) {
    this.name = name;
  }

  /** Changes the number by {@code change}. */
  public void add(int change) {
    lock.lock();
    try {
      value += change;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** The number as of now. */
  public int value() {
    lock.lock();
    try {
      return value;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits until the number is {@code wanted}.
   *
   * @throws AssertionError if it is not after a minute
   */
  public void await(int wanted) throws InterruptedException {
    long left = TimeUnit.SECONDS.toNanos(PATIENCE.toSeconds());
    lock.lock();
    try {
      while (value != wanted) {
        if (left <= 0) {
          throw new AssertionError("%s: %d, not %d".formatted(name, value, wanted));
        }
        left = changed.awaitNanos(left);
      }
    } finally {
      lock.unlock();
    }
  }
}
