package dev.belay;

import dev.belay.spi.TimeSource;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A scope whose own deadline is the effective one. Its timer is set when something below it is
 * observed for the first time; until then the deadline is found by whoever asks.
 */
final class DeadlineContext extends CancelContext {
  private static final VarHandle TIMER;

  /** Stands in {@link #timer} once the context has ended: none may be set any more. */
  private static final TimeSource.Timer OVER = () -> {};

  static {
    try {
      TIMER =
          MethodHandles.lookup()
              .findVarHandle(DeadlineContext.class, "timer", TimeSource.Timer.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final long deadlineNanos;
  private final Duration timeout;
  private final @Nullable Supplier<? extends Throwable> cause;
  private volatile TimeSource.@Nullable Timer timer;
  private volatile @Nullable Steps steps;

  private DeadlineContext(
      PlainContext frame,
      @Nullable CancelContext upper,
      long deadlineNanos,
      Duration timeout,
      @Nullable Supplier<? extends Throwable> cause) {
    super(frame, upper, null);
    this.deadlineNanos = deadlineNanos;
    this.timeout = timeout;
    this.cause = cause;
  }

  static CancelContext below(
      AbstractContext parent, Duration timeout, @Nullable Supplier<? extends Throwable> cause) {
    CancelContext upper = parent.scope();
    DeadlineContext limiting = upper == null ? null : upper.limiter();
    long deadline = Nanos.after(parent.time().nanoTime(), Nanos.of(timeout));
    if (deadline == Long.MAX_VALUE || (limiting != null && limiting.deadlineNanos <= deadline)) {
      // The ancestor's deadline comes first and tells the story (R11).
      return CancelContext.below(parent);
    }
    if (upper != null) {
      upper.linked();
    }
    var child = new DeadlineContext(parent.frame(), upper, deadline, timeout, cause);
    child.born();
    child.detect();
    return child;
  }

  @Override
  DeadlineContext limiter() {
    return this;
  }

  boolean isBefore(@Nullable DeadlineContext other) {
    return other == null || deadlineNanos < other.deadlineNanos;
  }

  long leftNanos() {
    return deadlineNanos - time().nanoTime();
  }

  Duration timeout() {
    return timeout;
  }

  Instant deadlineInstant() {
    return time().instant().plusNanos(leftNanos());
  }

  /** Ends the subtree because the deadline has passed. Never on the timer's own thread. */
  void expire() {
    if (hasEnded()) {
      requireEnding().awaitComplete();
      return;
    }
    end(Ending.deadline(this, made(cause), timeStory()));
  }

  private static Throwable made(@Nullable Supplier<? extends Throwable> cause) {
    if (cause == null) {
      return BuiltInCause.DEADLINE;
    }
    try {
      Throwable made = cause.get();
      return made == null ? BuiltInCause.DEADLINE : made;
    } catch (RuntimeException | Error e) {
      return e;
    }
  }

  private String timeStory() {
    Steps taken = steps;
    return "deadline of %s set by %s passed%s"
        .formatted(Names.time(timeout), owner(), taken == null ? "" : taken.story(time()));
  }

  // ---- timer

  /** Sets the timer, once. */
  void arm() {
    if (timer != null) {
      return;
    }
    TimeSource.Timer set = time().schedule(deadlineNanos, this::expire);
    if (!TIMER.compareAndSet(this, null, set)) {
      set.cancel();
    }
  }

  @Override
  void released() {
    var set = (TimeSource.Timer) TIMER.getAndSet(this, OVER);
    if (set != null) {
      set.cancel();
    }
  }

  // ---- steps

  /** Whether this deadline is the effective one of {@code ctx}. */
  @SuppressWarnings("ReferenceEquality") // which of two deadlines counts
  boolean covers(AbstractContext ctx) {
    CancelContext scope = ctx.scope();
    return scope != null && scope.limiter() == this;
  }

  /** The record of what the time is spent on. */
  Steps steps() {
    Steps existing = steps;
    if (existing == null) {
      synchronized (this) {
        existing = steps;
        if (existing == null) {
          existing = new Steps();
          steps = existing;
        }
      }
    }
    return existing;
  }
}
