package dev.belay;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * A body that runs under a canceller, and the hand-over between its return and the cancels sent to
 * it (R21–R24). Calls nest on a thread. A call goes RUNNING → FINISHED when nobody ever cancels:
 * two writes. Whoever wants to send it a cancel makes it SIGNALLED first; then both sides meet at
 * the nest's {@link Handover}.
 */
final class GuardedCall extends Reaction {
  private static final long FIRST_PAUSE = 500_000;
  private static final long LONGEST_PAUSE = 100_000_000;

  private static final int RUNNING = 0;
  private static final int SIGNALLED = 1;
  private static final int FINISHED = 2;

  private static final VarHandle PHASE;
  private static final VarHandle HANDOVER;
  private static final VarHandle INNERMOST;

  static {
    try {
      var lookup = MethodHandles.lookup();
      PHASE = lookup.findVarHandle(GuardedCall.class, "phase", int.class);
      HANDOVER = lookup.findVarHandle(GuardedCall.class, "handover", Handover.class);
      INNERMOST = lookup.findVarHandle(GuardedCall.class, "innermost", GuardedCall.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  final AbstractContext ctx;

  /** Null for a shield. */
  private final @Nullable Canceller canceller;

  private final @Nullable GuardedCall outer;
  private final GuardedCall outermost;
  private volatile int phase;

  // Of the outermost call, for all of its nest:
  private volatile @Nullable GuardedCall innermost;
  private volatile @Nullable Handover handover;

  // Guarded by the hand-over's lock:
  boolean finished;
  boolean holding;
  int underWay;
  @Nullable AbstractContext sentFor;

  /** Two interrupts arrived while a cancel was under way: one of them is not ours. */
  boolean foreignToo;

  /** Written between {@link Handover#take} and {@link Handover#sent}. */
  private int attempts;

  private GuardedCall(AbstractContext ctx, @Nullable Canceller canceller) {
    super(ctx.scope());
    this.ctx = ctx;
    this.canceller = canceller;
    this.holding = canceller == null;
    this.outer = Binding.innermost();
    this.outermost = outer == null ? this : outer.outermost;
  }

  static <T extends @Nullable Object, X extends Exception> T call(
      AbstractContext ctx, Canceller canceller, ContextCallable<T, X> body) throws X {
    return new GuardedCall(ctx, canceller).run(body);
  }

  /** Runs {@code body} while the signals of the calls around it wait for the end of {@code ctx}. */
  static <T extends @Nullable Object, X extends Exception> T shielded(
      AbstractContext ctx, ContextCallable<T, X> body) throws X {
    ctx.throwIfDone();
    return Binding.innermost() == null
        ? Binding.call(ctx, body)
        : new GuardedCall(ctx, null).runShielded(body);
  }

  private <T extends @Nullable Object, X extends Exception> T run(ContextCallable<T, X> body)
      throws X {
    Throwable failure = null;
    try {
      enter();
      return Binding.call(ctx, body);
    } catch (Throwable t) {
      failure = t;
      AbstractContext ended = finish(t);
      if (ended != null && canceller != null && canceller.explains(t)) {
        throw ended.endedWith(t);
      }
      throw t;
    } finally {
      if (failure == null) {
        finish(null);
      }
    }
  }

  private <T extends @Nullable Object, X extends Exception> T runShielded(
      ContextCallable<T, X> body) throws X {
    boolean interrupted = false;
    try {
      enter();
      interrupted = quiet();
      return Binding.call(ctx, body);
    } finally {
      finish(null);
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  // ---- the body's side

  private void enter() {
    Binding.innermost(this);
    INNERMOST.setVolatile(outermost, this);
    CancelContext scope = context();
    if (scope != null && !scope.observe(this)) {
      fire();
    }
  }

  /**
   * Sees to it that nothing which was sent before the shield went up arrives behind it.
   *
   * @return whether an interrupt of ours had arrived: it is kept for the end of the shield
   */
  private boolean quiet() {
    boolean arrived = false;
    for (GuardedCall call = outer; call != null; call = call.outer) {
      Canceller theirs = call.canceller;
      if (theirs != null && call.phase == SIGNALLED) {
        outermost.handover().quiet(call, Nanos.of(theirs.patience()));
        arrived |= theirs instanceof Interruption interruption && interruption.sent();
      }
    }
    return arrived && Thread.interrupted();
  }

  /**
   * Leaves the call: afterwards no cancel can hit the thread or the resource.
   *
   * @return the context for whose end a cancel was sent; null if none was
   */
  private @Nullable AbstractContext finish(@Nullable Throwable failure) {
    CancelContext scope = context();
    if (scope != null) {
      scope.unobserve(this);
    }
    boolean untouched = PHASE.compareAndSet(this, RUNNING, FINISHED);
    boolean abandoned = false;
    try {
      if (!untouched) {
        long patience = canceller == null ? 0 : Nanos.of(canceller.patience());
        INNERMOST.setVolatile(outermost, outer);
        abandoned = outermost.handover().leave(this, patience);
      }
    } finally {
      INNERMOST.setRelease(outermost, outer);
      Binding.innermost(outer);
    }
    if (untouched) {
      return null;
    }
    if (canceller instanceof Interruption interruption) {
      interruption.settle(failure, foreignToo);
    }
    if (abandoned && canceller != null) {
      canceller.abandoned();
    }
    return sentFor;
  }

  // ---- the other side: runs when the context has ended, on a thread of its own

  @Override
  void fire() {
    if (claim()) {
      ctx.time().start("belay-canceller", this::signal);
    }
  }

  private void signal() {
    Handover meeting = outermost.handover();
    if (canceller == null) {
      meeting.release(this);
      return;
    }
    long pause = FIRST_PAUSE;
    GuardedCall target = meeting.take(this, 0);
    while (target != null) {
      target.send();
      meeting.sent(target);
      target = meeting.take(this, pause);
      pause = Math.min(pause * 2, LONGEST_PAUSE);
    }
  }

  /** Makes the body's thread come by the hand-over when it leaves; false if it has left. */
  boolean claim() {
    return phase == SIGNALLED
        || PHASE.compareAndSet(this, RUNNING, SIGNALLED)
        || phase == SIGNALLED;
  }

  private Handover handover() {
    Handover existing = handover;
    if (existing == null) {
      HANDOVER.compareAndSet(this, null, new Handover());
      existing = handover;
    }
    if (existing == null) {
      throw new AssertionError("set once, never unset");
    }
    return existing;
  }

  /**
   * The innermost canceller inside this call; null while a shield inside it holds, or when the body
   * has just left this call.
   */
  @Nullable GuardedCall target() {
    GuardedCall target = null;
    for (GuardedCall call = outermost.innermost; call != null; call = call.outer) {
      if (call.canceller == null && call.holding && call.claim()) {
        return null;
      }
      if (target == null && call.canceller != null) {
        target = call;
      }
      if (call.equals(this)) {
        return target;
      }
    }
    return null;
  }

  /** Called without a lock: a driver's cancel takes seconds, and an interrupt can hang. */
  private void send() {
    try {
      if (canceller != null) {
        canceller.cancel(attempts++);
      }
    } catch (Throwable t) {
      // The next attempt follows, after an error too: else the body's thread waited for a cancel
      // that never ends, and nobody stopped the body. What failed shows in the body's own failure.
    }
  }
}
