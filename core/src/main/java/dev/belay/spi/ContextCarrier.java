package dev.belay.spi;

/**
 * Copies something of the calling thread, such as the thread-locals of a logging or tracing
 * library, wherever Belay starts a thread for it: for a fork, a reaction, a wrapped task, the
 * helper of a canceller or of an adapter. Install it with {@link ContextCarriers#install}.
 *
 * <p>What throws in a carrier is reported as {@link ContextEvent.Uncaught}; the task runs all the
 * same.
 */
@FunctionalInterface
public interface ContextCarrier {
  /** Captures what the calling thread has; called on the thread that wants work done. */
  Captured capture();

  /** What was captured. It may be restored on several threads, also at once, or never. */
  @FunctionalInterface
  interface Captured {
    /** Gives the calling thread what was captured. The scope is closed on the same thread. */
    Scope restore();
  }

  /** Undoes a restore. */
  @FunctionalInterface
  interface Scope extends AutoCloseable {
    /** Gives the thread back what it had before. */
    @Override
    void close();
  }
}
