package dev.belay.http.client;

import static org.assertj.core.api.Assertions.fail;

import java.util.concurrent.TimeUnit;

/** A number that one thread changes and another waits for. */
final class Gauge {
  private static final long PATIENCE = TimeUnit.SECONDS.toNanos(20);

  private final String name;
  private int value;

  Gauge(String name) {
    this.name = name;
  }

  synchronized void add(int change) {
    value += change;
    notifyAll();
  }

  synchronized int value() {
    return value;
  }

  /** Waits until the number is {@code wanted}; fails after 20 seconds. */
  synchronized void await(int wanted) throws InterruptedException {
    long until = System.nanoTime() + PATIENCE;
    while (value != wanted) {
      long left = until - System.nanoTime();
      if (left <= 0) {
        fail("%s: %d, not %d", name, value, wanted);
      }
      TimeUnit.NANOSECONDS.timedWait(this, left);
    }
  }
}
