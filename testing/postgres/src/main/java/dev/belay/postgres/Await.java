package dev.belay.postgres;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Waits for what happens in other processes, of which there is mostly no notice. */
final class Await {
  private static final int INTERVAL_MILLIS = 5;

  private Await() {}

  /**
   * Blocks until {@code condition} holds. An interrupt does not end this; the thread is then still
   * interrupted afterwards.
   *
   * @return whether it holds; false only once {@code timeout} is over
   */
  static boolean uninterruptibly(Duration timeout, BooleanSupplier condition) {
    long start = System.nanoTime();
    boolean interrupted = false;
    boolean met = condition.getAsBoolean();
    while (!met && System.nanoTime() - start < timeout.toNanos()) {
      try {
        TimeUnit.MILLISECONDS.sleep(INTERVAL_MILLIS);
      } catch (InterruptedException e) {
        interrupted = true;
      }
      met = condition.getAsBoolean();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return met;
  }
}
