package dev.belay;

import dev.belay.kernel.Handles;
import dev.belay.kernel.Names;
import dev.belay.time.Nanos;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A scope whose own deadline is the effective one. Its timer is set when something below it is
 * observed for the first time; until then the deadline is found by the calls that ask.
 */
sealed class DeadlineContext extends CancelContext permits ExplainedDeadline {
  private static final VarHandle ALARM = Handles.of(MethodHandles.lookup(), "alarm", Alarm.class);

  /** Stands in {@link #alarm} once the context has ended: none may be set any more. */
  private static final Alarm OVER = new Alarm(Alarm.class);

  /** In {@link #deadline}: the coarse clock is not good enough. */
  private static final long EXACT = 1;

  /** By the clock of this tree: an even number, and {@link #EXACT}. */
  private volatile long deadline;

  /** The timeout as it was given, or a {@link Limit} once more is known. */
  private volatile Object limit;

  private volatile @Nullable Alarm alarm;

  DeadlineContext(
      PlainContext frame, @Nullable CancelContext upper, long deadlineNanos, Object limit) {
    super(frame, upper, null);
    this.deadline = even(deadlineNanos);
    this.limit = limit;
  }

  /**
   * A child of {@code parent} with a limit.
   *
   * @param at the deadline by the wall clock, if the limit was given so
   */
  static CancelContext below(
      AbstractContext parent,
      Duration timeout,
      @Nullable Instant at,
      @Nullable Supplier<? extends Throwable> cause) {
    CancelContext upper = parent.scope();
    DeadlineContext limiting = upper == null ? null : upper.limiter();
    long nanos = Nanos.of(timeout);
    long deadline = Nanos.after(parent.time().nanoTime(), nanos);
    if (deadline == Long.MAX_VALUE || (limiting != null && !limiting.isAfter(deadline))) {
      // The ancestor's deadline comes first, and is the one that is reported (R11).
      return CancelContext.below(parent);
    }
    if (upper != null) {
      upper.linked();
    }
    PlainContext frame = parent.frame();
    Object limit = at == null ? timeout : new Limit(timeout, at);
    DeadlineContext child =
        cause == null
            ? new DeadlineContext(frame, upper, deadline, limit)
            : new ExplainedDeadline(frame, upper, deadline, limit, cause);
    child.born();
    if (nanos <= 0) {
      child.expire();
    }
    return child;
  }

  // ---- the deadline

  /** Rounded up: a deadline is never early. */
  private static long even(long nanos) {
    return (nanos + 1) & ~EXACT;
  }

  long deadlineNanos() {
    return deadline & ~EXACT;
  }

  /** Whether this deadline comes after {@code nanos}. */
  private boolean isAfter(long nanos) {
    return deadlineNanos() > even(nanos);
  }

  final boolean isBefore(@Nullable DeadlineContext other) {
    return other == null || deadlineNanos() < other.deadlineNanos();
  }

  long leftNanos() {
    return deadlineNanos() - time().nanoTime();
  }

  /**
   * Whether the deadline has passed: by the coarse clock, which is cheap and late by at most about
   * a millisecond, as {@link dev.belay.spi.TimeSource#coarseNanoTime} promises; by the exact one
   * where a caller may have waited for the deadline.
   */
  final boolean hasPassed() {
    long at = deadline;
    return (at & EXACT) == 0 ? time().coarseNanoTime() >= at : leftNanos() <= 0;
  }

  /** From now on a caller may wait for the deadline, and then must find that it has passed. */
  final void becomesExact() {
    long at = deadline;
    if ((at & EXACT) == 0) {
      deadline = at | EXACT;
    }
  }

  Duration timeout() {
    Object now = limit; // read once: it may become a Limit meanwhile
    return now instanceof Limit known ? known.timeout() : (Duration) now;
  }

  /** What is known of this limit beyond the timeout. */
  Limit limit() {
    if (limit instanceof Limit known) {
      return known;
    }
    synchronized (this) {
      if (limit instanceof Limit known) {
        return known;
      }
      var made = new Limit((Duration) limit, null);
      limit = made;
      return made;
    }
  }

  /** The deadline by the wall clock, the same at every call (R12). */
  Instant deadlineInstant() {
    return limit().deadline(this);
  }

  /** When the limit began, by the wall clock. */
  Instant began() {
    return deadlineInstant().minus(timeout());
  }

  /** Ends the subtree because the deadline has passed. Never on the timer's own thread. */
  void expire() {
    End before = ended();
    if (before != null) {
      before.awaitComplete();
    } else {
      end(End.deadline(this, made(), timeStory()));
    }
  }

  /** The cause of the end. */
  Throwable made() {
    return BuiltInCause.DEADLINE;
  }

  private String timeStory() {
    return "deadline of %s set by %s passed%s"
        .formatted(
            Names.time(timeout()),
            owner(),
            limit instanceof Limit known ? known.steps().story(time()) : "");
  }

  // ---- timer

  boolean hasAlarm() {
    return alarm != null;
  }

  /** Sets the timer, unless it is set or nothing observes. */
  void arm() {
    Object observed = observed();
    if (alarm != null || observed == null) {
      return;
    }
    var fresh = new Alarm(observed);
    if (!ALARM.compareAndSet(this, null, fresh)) {
      return;
    }
    try {
      fresh.set(time(), deadlineNanos());
    } catch (Throwable t) {
      alarm = null; // an assignment needs no stack; the next observer tries again
      throw t;
    }
    if (observed() instanceof Link link) {
      relinked(link);
    } else if (observed() == null) {
      unobserved();
    }
  }

  /** From a lone observer to a link, or from nothing: the timer must keep the link. */
  @Override
  void relinked(Link link) {
    Alarm set = alarm;
    if (set != null) {
      set.observe(link);
      link.alarm = set;
    }
  }

  /** Takes the timer back; what observes at the same moment sets it again. */
  @Override
  @SuppressWarnings("ReferenceEquality") // OVER is a mark
  void unobserved() {
    Alarm set = alarm;
    if (set != null && set != OVER && ALARM.compareAndSet(this, set, null)) {
      set.cancel();
      arm();
    }
  }

  /** The timer, for the walk that has ended this context to cancel; none is set afterwards. */
  @SuppressWarnings("ReferenceEquality") // OVER is a mark
  @Nullable Alarm takeAlarm() {
    var set = (Alarm) ALARM.getAndSet(this, OVER);
    return set == OVER ? null : set;
  }

  /** Whether this deadline is the effective one of {@code ctx}. */
  @SuppressWarnings("ReferenceEquality") // which of two deadlines counts
  boolean covers(AbstractContext ctx) {
    CancelContext scope = ctx.scope();
    return scope != null && scope.limiter() == this;
  }
}
