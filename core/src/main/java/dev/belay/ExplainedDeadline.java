package dev.belay;

import dev.belay.kernel.BorrowedThread;
import dev.belay.spi.ContextEvent;
import dev.belay.spi.ContextEvents;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A deadline whose cause the caller makes. */
final class ExplainedDeadline extends DeadlineContext {
  /** Whose cause the thread is making, and in whose supplier it began to. */
  private record Making(ExplainedDeadline deadline, @Nullable Making outer) {}

  private static final ThreadLocal<@Nullable Making> MAKING = new ThreadLocal<>();

  private final Supplier<? extends Throwable> cause;

  ExplainedDeadline(
      PlainContext frame,
      @Nullable CancelContext upper,
      long deadlineNanos,
      Object limit,
      Supplier<? extends Throwable> cause) {
    super(frame, upper, deadlineNanos, limit);
    this.cause = cause;
  }

  /**
   * The caller's cause; a supplier that asks its own context, be it by way of another supplier,
   * finds it ended by the built-in one.
   */
  @Override
  Throwable made() {
    Making outer = MAKING.get();
    if (isBeingMade(outer)) {
      return super.made();
    }
    var caller = BorrowedThread.borrow();
    try {
      MAKING.set(new Making(this, outer));
      Throwable made = cause.get();
      return made == null ? super.made() : made;
    } catch (Throwable e) { // also a checked one that was not declared, as Kotlin throws it
      ContextEvents.report(new ContextEvent.Uncaught(above(), "cause supplier", e));
      return e;
    } finally {
      caller.giveBack();
      if (outer == null) {
        MAKING.remove();
      } else {
        MAKING.set(outer);
      }
    }
  }

  @SuppressWarnings("ReferenceEquality") // the very context
  private boolean isBeingMade(@Nullable Making innermost) {
    for (Making making = innermost; making != null; making = making.outer()) {
      if (making.deadline() == this) {
        return true;
      }
    }
    return false;
  }

  /** Not this context: to print it asks how it stands, which would end it by the built-in cause. */
  private @Nullable Context above() {
    AbstractContext parent = parent();
    return parent == null ? null : parent.view();
  }
}
