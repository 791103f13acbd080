package dev.belay;

import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A deadline whose cause the caller makes. */
final class ExplainedDeadline extends DeadlineContext {
  /** Whose cause the thread is making. */
  private static final ThreadLocal<@Nullable ExplainedDeadline> MAKING = new ThreadLocal<>();

  private final Supplier<? extends Throwable> cause;

  ExplainedDeadline(
      PlainContext frame,
      @Nullable CancelContext upper,
      long deadlineNanos,
      Duration timeout,
      Supplier<? extends Throwable> cause) {
    super(frame, upper, deadlineNanos, timeout);
    this.cause = cause;
  }

  /**
   * The caller's cause; a supplier that asks its own context finds it ended by the built-in one.
   */
  @Override
  @SuppressWarnings("ReferenceEquality") // the very context
  Throwable made() {
    if (MAKING.get() == this) {
      return super.made();
    }
    MAKING.set(this);
    try {
      Throwable made = cause.get();
      return made == null ? super.made() : made;
    } catch (RuntimeException | Error e) {
      return e;
    } finally {
      MAKING.remove();
    }
  }
}
