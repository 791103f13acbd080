package dev.belay.http.server;

/**
 * Why a request's context ended: the time for handling it is over. It is the host's limit, or the
 * remaining time that the client has sent, whichever is shorter.
 */
public final class HandlerDeadlineException extends RequestEndedException {
  private static final long serialVersionUID = 1L;

  /**
   * A cause to end with.
   *
   * @param message whose limit it was, and how long
   */
  public HandlerDeadlineException(String message) {
    super(message, null);
  }
}
