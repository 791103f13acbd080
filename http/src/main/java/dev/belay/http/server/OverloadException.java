package dev.belay.http.server;

import java.time.Duration;
import java.util.Objects;

/** A request was refused before it began, because the server has as much to do as it can take. */
public final class OverloadException extends RequestEndedException {
  private static final long serialVersionUID = 1L;

  private final Duration retryAfter;

  /**
   * A refusal.
   *
   * @param message what was full
   * @param retryAfter when the client may try again; sent in whole seconds, rounded up
   */
  public OverloadException(String message, Duration retryAfter) {
    super(message, null);
    this.retryAfter = Objects.requireNonNull(retryAfter, "retryAfter");
  }

  /** When the client may try again. */
  public Duration retryAfter() {
    return retryAfter;
  }
}
