package dev.belay.demo.web;

/** Thrown when a body stops coming before its end. */
final class BodyTooSlowException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  BodyTooSlowException(Throwable cause) {
    super("the body did not come in time", cause);
  }
}
