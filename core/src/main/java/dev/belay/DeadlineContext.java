package dev.belay;

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
sealed class DeadlineContext extends CancelContext permits ExplainedDeadline {
  private static final VarHandle ALARM;

  /** Stands in {@link #alarm} once the context has ended: none may be set any more. */
  private static final Alarm OVER = new Alarm(Alarm.class);

  static {
    try {
      ALARM = MethodHandles.lookup().findVarHandle(DeadlineContext.class, "alarm", Alarm.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** By the clock of this tree. */
  final long deadlineNanos;

  private final Duration timeout;
  private volatile @Nullable Alarm alarm;
  private volatile @Nullable Steps steps;

  DeadlineContext(
      PlainContext frame, @Nullable CancelContext upper, long deadlineNanos, Duration timeout) {
    super(frame, upper, null);
    this.deadlineNanos = deadlineNanos;
    this.timeout = timeout;
  }

  static CancelContext below(
      AbstractContext parent, Duration timeout, @Nullable Supplier<? extends Throwable> cause) {
    CancelContext upper = parent.scope();
    DeadlineContext limiting = upper == null ? null : upper.limiter();
    long nanos = Nanos.of(timeout);
    long deadline = Nanos.after(parent.time().nanoTime(), nanos);
    if (deadline == Long.MAX_VALUE || (limiting != null && limiting.deadlineNanos <= deadline)) {
      // The ancestor's deadline comes first and tells the story (R11).
      return CancelContext.below(parent);
    }
    if (upper != null) {
      upper.linked();
    }
    PlainContext frame = parent.frame();
    DeadlineContext child =
        cause == null
            ? new DeadlineContext(frame, upper, deadline, timeout)
            : new ExplainedDeadline(frame, upper, deadline, timeout, cause);
    child.born();
    if (nanos <= 0) {
      child.expire();
    }
    return child;
  }

  final boolean isBefore(@Nullable DeadlineContext other) {
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
    Ending before = ended();
    if (before != null) {
      before.awaitComplete();
    } else {
      end(Ending.deadline(this, made(), timeStory()));
    }
  }

  /** The cause of the end. */
  Throwable made() {
    return BuiltInCause.DEADLINE;
  }

  private String timeStory() {
    Steps taken = steps;
    return "deadline of %s set by %s passed%s"
        .formatted(Names.time(timeout), owner(), taken == null ? "" : taken.story(time()));
  }

  // ---- timer

  boolean hasAlarm() {
    return alarm != null;
  }

  /** Sets the timer, unless it is set or nobody observes. */
  void arm() {
    Object observed = observed();
    if (alarm != null || observed == null) {
      return;
    }
    var fresh = new Alarm(observed);
    if (!ALARM.compareAndSet(this, null, fresh)) {
      return;
    }
    fresh.set(time(), deadlineNanos);
    if (observed() instanceof Link link) {
      relinked(link);
    } else if (observed() == null) {
      unobserved();
    }
  }

  /** From a lone reaction to a link, or from nothing: the timer must keep the link. */
  @Override
  void relinked(Link link) {
    Alarm set = alarm;
    if (set != null) {
      set.observe(link);
      link.alarm = set;
    }
  }

  /** Takes the timer back; whoever observes at the same moment sets it again. */
  @Override
  @SuppressWarnings("ReferenceEquality") // OVER is a mark
  void unobserved() {
    Alarm set = alarm;
    if (set != null && set != OVER && ALARM.compareAndSet(this, set, null)) {
      set.cancel();
      arm();
    }
  }

  /** Called once by whoever ended this context, without a lock. */
  void released() {
    var set = (Alarm) ALARM.getAndSet(this, OVER);
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
