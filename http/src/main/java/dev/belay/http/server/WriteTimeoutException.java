package dev.belay.http.server;

/**
 * Why a request's context ended: the client took too long to read the response, which is cut off.
 */
public final class WriteTimeoutException extends RequestEndedException {
  private static final long serialVersionUID = 1L;

  /**
   * A cause to end with.
   *
   * @param message which limit has passed
   */
  public WriteTimeoutException(String message) {
    super(message, null);
  }
}
