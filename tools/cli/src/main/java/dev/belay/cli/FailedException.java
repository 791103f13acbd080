package dev.belay.cli;

import org.jspecify.annotations.Nullable;

/** The command has failed for a reason that the user can act on; the message says what to do. */
final class FailedException extends Exception {
  private static final long serialVersionUID = 1L;

  private final Failure failure;

  FailedException(Failure failure, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.failure = failure;
  }

  FailedException(Failure failure, String message) {
    this(failure, message, null);
  }

  Failure failure() {
    return failure;
  }
}
