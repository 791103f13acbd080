package dev.belay.spi;

import org.jspecify.annotations.Nullable;

/**
 * A thread that a context's end will reach: it waits for that end, or runs a call that the end
 * cancels. Threads that only run under a context are not known to it.
 */
public interface LiveThread {
  /** The thread. */
  Thread thread();

  /** The kind of what it waits in, as {@link dev.belay.Canceller#resource()} names it. */
  String resource();

  /** What that works on, as {@link dev.belay.Canceller#subject()} says; null if it does not. */
  @Nullable String subject();
}
