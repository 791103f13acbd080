package dev.belay.demo.order;

/** Thrown when another order was sent under the same idempotency key. */
public final class KeyReusedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  KeyReusedException() {
    super("another order was sent with this Idempotency-Key; give each order its own");
  }
}
