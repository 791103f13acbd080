package dev.belay.jdbc;

import dev.belay.spi.ContextCarriers;
import dev.belay.spi.HelperThread;
import java.sql.SQLException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Notices interrupts of platform threads that wait for the driver: a socket does not answer to
 * them, and a thread of its own for each call would cost ten times what the watch costs. One
 * virtual thread looks at the flags while there is something to look at; it reads them only.
 */
final class InterruptWatch {
  private static final long TICK_NANOS = 10_000_000;

  /** A second without a call, and the thread ends. */
  private static final int IDLE_TICKS = 100;

  private static final Set<Watched> WATCHED = ConcurrentHashMap.newKeySet();
  private static final AtomicBoolean RUNNING = new AtomicBoolean();

  private InterruptWatch() {}

  /** One call; compared by identity. */
  private static final class Watched {
    final Thread thread = Thread.currentThread();
    final Runnable onInterrupt;

    Watched(Runnable onInterrupt) {
      this.onInterrupt = ContextCarriers.carry(onInterrupt); // the watch serves many callers
    }

    boolean noticed() {
      if (!thread.isInterrupted()) {
        return false;
      }
      try {
        onInterrupt.run();
      } catch (RuntimeException | Error e) {
        report(e); // the watch goes on: other calls need it
      }
      return true;
    }

    private static void report(Throwable failure) {
      Thread watch = Thread.currentThread();
      try {
        watch.getUncaughtExceptionHandler().uncaughtException(watch, failure);
      } catch (RuntimeException | Error e) {
        // As the JVM does: what a handler throws is dropped.
      }
    }
  }

  /**
   * Runs {@code call} on this thread.
   *
   * @param onInterrupt runs once, and may run late, when this thread is interrupted meanwhile; must
   *     not block. What it throws goes to the watch's uncaught exception handler.
   */
  static <T extends @Nullable Object> T during(SqlCallable<T> call, Runnable onInterrupt)
      throws SQLException {
    var watched = new Watched(onInterrupt);
    WATCHED.add(watched);
    if (!RUNNING.get() && RUNNING.compareAndSet(false, true)) {
      HelperThread.unstarted("belay-interrupt-watch", InterruptWatch::watch).start();
    }
    try {
      return call.call();
    } finally {
      WATCHED.remove(watched);
    }
  }

  private static void watch() {
    int idle = 0;
    while (idle < IDLE_TICKS || goesOn()) {
      LockSupport.parkNanos(TICK_NANOS);
      idle = WATCHED.isEmpty() ? idle + 1 : 0;
      WATCHED.removeIf(Watched::noticed);
    }
  }

  /** Ends the watch, unless a call has come that has seen it running and relies on it. */
  private static boolean goesOn() {
    RUNNING.set(false);
    return !WATCHED.isEmpty() && RUNNING.compareAndSet(false, true);
  }
}
