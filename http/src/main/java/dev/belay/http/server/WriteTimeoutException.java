package dev.belay.http.server;

import org.jspecify.annotations.Nullable;

/**
 * Why a request's context ended: the client took too long to read the response, which is cut off.
 */
public final class WriteTimeoutException extends RequestEndedException {
  private static final long serialVersionUID = 1L;

  /**
   * A cause to end with.
   *
   * @param message which limit has passed
   * @param cause what the host reported, if anything
   */
  public WriteTimeoutException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
