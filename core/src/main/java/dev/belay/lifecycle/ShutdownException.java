package dev.belay.lifecycle;

/**
 * The program shuts down. The cause of contexts that end with it, and thrown by {@link InFlight} to
 * work that comes too late. It has no stack: it is not a failure.
 */
public final class ShutdownException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * A shutdown.
   *
   * @param message why, or how far it has come: {@code SIGTERM}, {@code the grace is over}
   */
  public ShutdownException(String message) {
    super(message, null, true, false);
  }
}
