package dev.belay.jdbc;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * The thread that is inside the driver, when that is the caller's own: it can be interrupted until
 * it has left, and takes no interrupt of ours along.
 */
final class DriverThread {
  private static final int INSIDE = 0;
  private static final int INTERRUPTING = 1;
  private static final int LEFT = 2;

  private final Thread thread = Thread.currentThread();
  private final AtomicInteger state = new AtomicInteger(INSIDE);

  /** Whether the flag was set by us. Written while {@link #INTERRUPTING} only. */
  private boolean ours;

  /** Interrupts the thread if it is still inside. */
  void interrupt() {
    if (state.compareAndSet(INSIDE, INTERRUPTING)) {
      try {
        if (!thread.isInterrupted()) {
          ours = true;
          thread.interrupt();
        }
      } finally {
        state.set(INSIDE);
      }
    }
  }

  /** Called by the thread itself; a foreign interrupt that came before ours is kept. */
  void leave() {
    while (!state.compareAndSet(INSIDE, LEFT)) {
      Thread.onSpinWait();
    }
    if (ours) {
      Thread.interrupted();
    }
  }
}
