package dev.belay;

import org.jspecify.annotations.Nullable;

/**
 * Thrown by what stopped because its context ended. Unchecked, so that it can pass through every
 * layer to the edge, which maps it: {@link DeadlineExceededException} is a time-out, {@link
 * ContextCancelledException} is nobody's failure.
 */
public abstract sealed class ContextEndedException extends RuntimeException
    permits ContextCancelledException, DeadlineExceededException {
  private static final long serialVersionUID = 1L;

  private final transient @Nullable Ending ending;

  ContextEndedException(Ending ending, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.ending = ending;
  }

  /** The story of the end; null only in an instance that was serialized. */
  public @Nullable Ending ending() {
    return ending;
  }
}
