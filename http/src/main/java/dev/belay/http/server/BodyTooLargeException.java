package dev.belay.http.server;

import java.io.IOException;

/** Thrown by reading a body that is longer than the server takes; answered with 413. */
public final class BodyTooLargeException extends IOException {
  private static final long serialVersionUID = 1L;

  /**
   * A body that is too long.
   *
   * @param limit in bytes
   */
  public BodyTooLargeException(long limit) {
    super("the body is longer than " + limit + " bytes");
  }
}
