package dev.belay.demo.web;

/** Thrown when a body is longer than the limit. */
final class BodyTooLargeException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  BodyTooLargeException(int limit) {
    super("the body is longer than " + limit + " bytes");
  }
}
