package dev.belay;

import org.jspecify.annotations.Nullable;

/** Thrown by work that stopped because its context was cancelled or closed by its owner. */
public final class ContextCancelledException extends ContextEndedException {
  private static final long serialVersionUID = 1L;

  ContextCancelledException(Ending ending, @Nullable Throwable cause) {
    super(ending, cause);
  }
}
