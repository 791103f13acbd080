package dev.belay.demo.payment;

/** Thrown when the payment service refuses, or answers what nobody understands. */
public final class PaymentException extends Exception {
  private static final long serialVersionUID = 1L;

  PaymentException(String message) {
    super(message);
  }
}
