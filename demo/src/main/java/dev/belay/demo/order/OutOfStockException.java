package dev.belay.demo.order;

/** Thrown when there is not enough of a product. */
public final class OutOfStockException extends Exception {
  private static final long serialVersionUID = 1L;

  OutOfStockException(int productId) {
    super("not enough of product " + productId + " in stock");
  }
}
