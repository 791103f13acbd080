package dev.belay;

import org.jspecify.annotations.Nullable;

/**
 * Thrown by work that stopped because its context ended. Unchecked, so that it can pass through
 * every layer to the edge, which maps it: {@link DeadlineExceededException} is a timeout, {@link
 * ContextCancelledException} is no failure of the code that throws it.
 */
public abstract sealed class ContextEndedException extends RuntimeException
    permits ContextCancelledException, DeadlineExceededException {
  private static final long serialVersionUID = 2L;

  private final Ending ending;

  ContextEndedException(Ending ending, @Nullable Throwable cause) {
    super(ending.message(), cause);
    this.ending = ending;
  }

  /** The story of the end. */
  public Ending ending() {
    return ending;
  }
}
