package dev.belay;

import java.util.concurrent.atomic.AtomicInteger;

/** Counts how many run at once. */
public final class Gauge {
  private final AtomicInteger running = new AtomicInteger();
  public final AtomicInteger most = new AtomicInteger();

  public int pass(int value) {
    most.accumulateAndGet(running.incrementAndGet(), Math::max);
    Thread.yield();
    running.decrementAndGet();
    return value;
  }
}
