package dev.belay.http.server;

/**
 * Why a connection was closed: the client took too long to send the header of a request. No
 * request, and so no context, had begun.
 */
public final class HeaderTimeoutException extends RequestEndedException {
  private static final long serialVersionUID = 1L;

  /**
   * A cause to end with.
   *
   * @param message which limit has passed
   */
  public HeaderTimeoutException(String message) {
    super(message, null);
  }
}
