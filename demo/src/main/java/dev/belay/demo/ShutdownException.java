package dev.belay.demo;

/** Why requests end that are still running when the grace is over. A cause, not to be thrown. */
public final class ShutdownException extends Exception {
  private static final long serialVersionUID = 1L;

  ShutdownException() {
    super("the service shuts down", null, false, false);
  }
}
