package dev.belay.http.server;

import org.jspecify.annotations.Nullable;

/**
 * Why a request's context ended: the server waited for the body, and the client took too long to
 * send it.
 */
public final class BodyTimeoutException extends RequestEndedException {
  private static final long serialVersionUID = 1L;

  /**
   * A cause to end with.
   *
   * @param message which limit has passed
   * @param cause what the host reported; null if the limit is not the host's
   */
  public BodyTimeoutException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
