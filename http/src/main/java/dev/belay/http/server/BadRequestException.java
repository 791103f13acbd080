package dev.belay.http.server;

/** Thrown by a handler that cannot use what the client has sent. */
public final class BadRequestException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * What is wrong with a request.
   *
   * @param message for the client: the host sends it as the body of its answer
   */
  public BadRequestException(String message) {
    super(message);
  }
}
