package dev.belay.http.server;

import org.jspecify.annotations.Nullable;

/**
 * Why a request's context ended: the client has closed the connection or reset the stream, so
 * nothing waits for the answer. A cause to cancel with, not to throw.
 */
public final class ClientGoneException extends RequestEndedException {
  private static final long serialVersionUID = 1L;

  /**
   * A cause to cancel a request's context with.
   *
   * @param message what the host saw: {@code connection closed}, {@code stream reset}
   * @param cause what the host's own interface reported; null if it reported nothing
   */
  public ClientGoneException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
