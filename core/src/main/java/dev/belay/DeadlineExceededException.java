package dev.belay;

import org.jspecify.annotations.Nullable;

/**
 * Thrown by work that stopped because a deadline passed. The message says whose deadline, how long
 * it was, and where the time went.
 */
public final class DeadlineExceededException extends ContextEndedException {
  private static final long serialVersionUID = 1L;

  DeadlineExceededException(Ending ending, @Nullable Throwable cause) {
    super(ending, cause);
  }
}
