package dev.belay.demo.order;

/** Thrown when an order was not taken. The cause says why; this, what became of what was begun. */
public final class OrderFailedException extends Exception {
  private static final long serialVersionUID = 1L;

  private final Remains remains;

  /** What is left of an order that failed. */
  public enum Remains {
    /** Nothing: it never began, or all of it is undone. */
    NOTHING,
    /** Something that is yet to be undone, again and again until that works. */
    TO_BE_UNDONE,
    /** All of it: it had reached the books, and what failed came after. */
    THE_ORDER
  }

  OrderFailedException(Throwable cause, Remains remains) {
    super(cause.getMessage(), cause);
    this.remains = remains;
  }

  /** What is left of the order. */
  public Remains remains() {
    return remains;
  }
}
