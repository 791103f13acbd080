package dev.belay.http.server;

/** Thrown for a request whose user is not known, but has to be. */
public final class UnauthenticatedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * Why the user is not known.
   *
   * @param message for the log alone: the client is told nothing of it
   */
  public UnauthenticatedException(String message) {
    super(message);
  }
}
