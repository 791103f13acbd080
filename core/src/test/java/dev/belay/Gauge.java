package dev.belay;

import java.util.concurrent.atomic.AtomicInteger;

/** Counts how many run at once. */
final class Gauge {
  private final AtomicInteger running = new AtomicInteger();
  final AtomicInteger most = new AtomicInteger();

  int pass(int value) {
    most.accumulateAndGet(running.incrementAndGet(), Math::max);
    Thread.yield();
    running.decrementAndGet();
    return value;
  }
}
