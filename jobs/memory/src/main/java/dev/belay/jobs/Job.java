package dev.belay.jobs;

import dev.belay.Context;
import org.jspecify.annotations.Nullable;

/**
 * A job that was accepted, seen by the code that has submitted it. Any thread may call anything.
 */
public interface Job {
  /** The name it was submitted with. */
  String name();

  /** Where it is now. */
  JobState state();

  /** What its body last said by {@link Progress#report}; empty before. */
  String progress();

  /** What its body has thrown; null while it runs, and if it has returned. */
  @Nullable Throwable failure();

  /**
   * Cancels it: one that waits leaves the queue, one that runs finds its context ended. Without
   * effect once it has ended. Returns at once.
   *
   * @param cause of the end of its context
   */
  void cancel(Throwable cause);

  /**
   * Waits until it has ended.
   *
   * @param ctx of the wait; its end leaves the job alone
   * @return one of the last five states
   * @throws dev.belay.ContextEndedException if {@code ctx} ends first
   */
  JobState await(Context ctx) throws InterruptedException;
}
