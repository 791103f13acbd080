package dev.belay.spi;

import dev.belay.time.SystemTime;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Where a tree of contexts takes its time from: a monotonic clock, a timer, and the threads on
 * which ends are carried out. All contexts below one root share one time source; contexts of
 * different {@link #clock() clocks} cannot be merged.
 *
 * <p>Every method may be called by any thread at any time.
 */
public interface TimeSource {

  /** A timer that was set; cancelling one that has fired or was cancelled does nothing. */
  interface Timer {
    /** Removes the timer at once, so that it holds on to nothing. */
    void cancel();
  }

  /** The time source of every context that was not given another one. */
  static TimeSource system() {
    return SystemTime.INSTANCE;
  }

  /**
   * Whose readings {@link #nanoTime()} gives: this, unless this source passes on the readings of
   * another one, whose contexts can be merged with those of this source then.
   */
  default TimeSource clock() {
    return this;
  }

  /** Nanoseconds since a fixed origin of this source: never negative, never going back. */
  long nanoTime();

  /**
   * A reading of {@link #nanoTime()} that is never ahead of it and at most about a millisecond
   * behind, where that can be had for less. Of two readings the second may be the smaller one.
   */
  default long coarseNanoTime() {
    return nanoTime();
  }

  /** The wall clock, for display and for the wire; never used to decide that a deadline passed. */
  Instant instant();

  /**
   * Runs {@code task} once {@link #nanoTime()} has reached {@code nanos}; at once if it has. The
   * task may take long and may block: an implementation runs it on a thread that no other timer
   * waits for.
   */
  Timer schedule(long nanos, Runnable task);

  /**
   * Starts {@code task} on a new thread, which inherits nothing. Reactions and cancellers run on
   * such threads; a test's time source can wait for them.
   *
   * @param name the thread's name
   */
  default void start(String name, Runnable task) {
    Thread thread = HelperThread.unstarted(name, task);
    starting(thread);
    thread.start();
  }

  /**
   * Called with every thread that is about to be started for work under a context of this time
   * source: those of {@link #start}, and forks of a group. A test's time source notes them; this
   * does nothing. The thread may never be started if that fails.
   */
  default void starting(Thread thread) {}

  /**
   * Returns a timer that unparks the calling thread shortly before {@code nanos}, or null, as here,
   * if a timed {@link #park} is good enough. Called before the thread parks; the thread cancels it.
   */
  default @Nullable Timer alarm(long nanos) {
    return null;
  }

  /**
   * Parks the calling thread until it is unparked or interrupted, {@link #nanoTime()} has reached
   * {@code nanos}, or spuriously. {@code Long.MAX_VALUE} means no limit. Nothing that it does
   * before it parks may park as well: that would use up an unpark which came after the caller had
   * asked whether to wait.
   */
  void park(Object blocker, long nanos);
}
