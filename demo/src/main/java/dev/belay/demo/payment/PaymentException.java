package dev.belay.demo.payment;

/**
 * Thrown when the payment service refuses, cannot be reached, or answers what nobody understands.
 */
public final class PaymentException extends Exception {
  private static final long serialVersionUID = 1L;

  private final int status;

  PaymentException(int status, String message) {
    super(message);
    this.status = status;
  }

  /** As HTTP has it for a gateway: 502, 503 or 504. */
  public int status() {
    return status;
  }
}
