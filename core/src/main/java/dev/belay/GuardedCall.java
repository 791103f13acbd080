package dev.belay;

import dev.belay.kernel.Handles;
import dev.belay.spi.ContextCarriers;
import dev.belay.spi.ContextEvent;
import dev.belay.spi.ContextEvents;
import dev.belay.spi.LiveThread;
import dev.belay.spi.TimeSource;
import dev.belay.time.Nanos;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A body that runs under a canceller, and the hand-over between its return and the cancels sent to
 * it (R21–R24). Calls nest on a thread. A call that is never cancelled goes RUNNING → FINISHED: two
 * writes. A thread that wants to send it a cancel makes it SIGNALLED first; then both sides meet at
 * the nest's {@link Handover}. {@link CancelSender} is the other side.
 */
final class GuardedCall extends Observer implements LiveThread {
  private static final int RUNNING = 0;
  private static final int SIGNALLED = 1;
  private static final int FINISHED = 2;

  private static final VarHandle PHASE = Handles.of(MethodHandles.lookup(), "phase", int.class);
  private static final VarHandle HANDOVER =
      Handles.of(MethodHandles.lookup(), "handover", Handover.class);
  private static final VarHandle INNERMOST =
      Handles.of(MethodHandles.lookup(), "innermost", GuardedCall.class);
  private static final VarHandle ABANDONED =
      Handles.of(MethodHandles.lookup(), "abandoned", boolean.class);

  final AbstractContext ctx;
  private final Thread thread = Thread.currentThread();

  /** Null for a shield. */
  final @Nullable Canceller canceller;

  /** Sends the cancels with what the body's thread carried; null if nothing carries. */
  private final @Nullable Runnable carriedSender;

  private final @Nullable GuardedCall outer;
  private final GuardedCall outermost;
  private volatile int phase;

  // Of the outermost call, for all of its nest:
  private volatile @Nullable GuardedCall innermost;
  private volatile @Nullable Handover handover;

  /** The thread that sends the cancels of this call's context; null while there is none. */
  volatile @Nullable Thread sender;

  /** Written under the hand-over's lock. */
  volatile boolean finished;

  /** Whether this shield still holds signals back. */
  volatile boolean holding;

  // Guarded by the hand-over's lock:
  int underWay;
  @Nullable AbstractContext sentFor;

  /** Two interrupts arrived while a cancel was under way: one of them is not ours. */
  boolean foreignToo;

  /** Whether the resource was abandoned because the patience was over. */
  @SuppressWarnings("UnusedVariable") // read through the handle
  private volatile boolean abandoned;

  /** When the patience is over, by the context's clock; written before a cancel is counted. */
  private volatile long patienceOver = Long.MAX_VALUE;

  private GuardedCall(AbstractContext ctx, @Nullable Canceller canceller) {
    super(ctx.scope());
    this.ctx = ctx;
    this.canceller = canceller;
    this.holding = canceller == null;
    this.carriedSender =
        canceller != null && ContextCarriers.isInstalled()
            ? ContextCarriers.carry(new CancelSender(this))
            : null;
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
    @Nullable Object[] slots = Binding.slots();
    Throwable failure = null;
    boolean left = false;
    try {
      enter();
      return Binding.call(ctx, body);
    } catch (Throwable t) {
      failure = t;
      AbstractContext ended = finish(t);
      left = true;
      if (ended != null && canceller != null && Foreign.explains(canceller, ctx, t)) {
        throw ended.endedWith(t);
      }
      throw t;
    } finally {
      if (failure == null) {
        finish(null);
      } else if (!left) {
        // The stack was at its end in finish(): by assignments alone, which need none.
        finished = true;
        phase = FINISHED;
        outermost.innermost = outer;
        slots[Binding.CALL] = outer;
      }
    }
  }

  private <T extends @Nullable Object, X extends Exception> T runShielded(
      ContextCallable<T, X> body) throws X {
    @Nullable Object[] slots = Binding.slots();
    boolean interrupted = false;
    boolean left = false;
    try {
      enter();
      interrupted = quiet();
      return Binding.call(ctx, body);
    } finally {
      try {
        finish(null);
        left = true;
      } finally {
        if (!left) {
          finished = true;
          phase = FINISHED;
          outermost.innermost = outer;
          slots[Binding.CALL] = outer;
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  // ---- as it is seen

  @Override
  public Thread thread() {
    return thread;
  }

  @Override
  public String resource() {
    if (canceller == null) {
      return "a shielded call";
    }
    return canceller instanceof Interruption
        ? "an interruptible call"
        : Foreign.resource(canceller);
  }

  @Override
  public @Nullable String subject() {
    return canceller == null ? null : Foreign.subject(canceller);
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
   * Makes sure that nothing which was sent before the shield went up arrives behind it.
   *
   * @return whether an interrupt of ours had arrived: it is kept for the end of the shield
   */
  private boolean quiet() {
    boolean arrived = false;
    for (GuardedCall call = outer; call != null; call = call.outer) {
      if (call.canceller != null && call.phase == SIGNALLED) {
        outermost.handover().awaitQuiet(call, call.patienceLeft());
        arrived |= call.canceller instanceof Interruption interruption && interruption.sent();
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
    boolean busy = false;
    try {
      if (!untouched) {
        INNERMOST.setVolatile(outermost, outer);
        busy = outermost.handover().leave(this, patienceLeft());
      }
    } finally {
      INNERMOST.setRelease(outermost, outer);
      Binding.innermost(outer);
    }
    if (untouched) {
      return null;
    }
    if (canceller instanceof Interruption interruption) {
      interruption.takeBack(failure, foreignToo);
    }
    if (busy) {
      abandon();
    }
    return sentFor;
  }

  /** How long the body's thread may still wait for a cancel that is under way. */
  private long patienceLeft() {
    if (canceller == null) {
      return 0;
    }
    long over = patienceOver;
    return over == Long.MAX_VALUE
        ? Nanos.of(Foreign.patience(canceller, ctx))
        : over - ctx.time().nanoTime();
  }

  // ---- the other side

  /** The context has ended: a thread of its own sends the cancels. */
  @Override
  void fire() {
    if (claim()) {
      Runnable sender = carriedSender;
      ctx.time().start("belay-canceller", sender != null ? sender : new CancelSender(this));
    }
  }

  /** Makes the body's thread come by the hand-over when it leaves; false if it has left. */
  boolean claim() {
    return phase == SIGNALLED
        || PHASE.compareAndSet(this, RUNNING, SIGNALLED)
        || phase == SIGNALLED;
  }

  Handover meeting() {
    return outermost.handover();
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

  /** Whether a shield inside this call holds its signals back; its end is notified. */
  boolean isHeldBack() {
    for (GuardedCall call = outermost.innermost; call != null; call = call.outer) {
      if (call.equals(this)) {
        return false;
      }
      if (call.canceller == null && call.holding) {
        return true;
      }
    }
    return false;
  }

  /** Makes the senders of this call and of those around it look again. */
  void wakeSenders() {
    for (GuardedCall call = this; call != null; call = call.outer) {
      LockSupport.unpark(call.sender);
    }
  }

  /**
   * Has the patience begin, if it has not: when it is over and the body has not returned, the
   * resource is abandoned (R21).
   *
   * @return the timer; null if the patience had begun before
   */
  TimeSource.@Nullable Timer beginPatience() {
    if (canceller == null || patienceOver != Long.MAX_VALUE) {
      return null;
    }
    TimeSource time = ctx.time();
    long over = Nanos.after(time.nanoTime(), Nanos.of(Foreign.patience(canceller, ctx)));
    patienceOver = over;
    Runnable abandon = ContextCarriers.carry((Runnable) this::abandonIfStuck);
    return over == Long.MAX_VALUE ? null : time.schedule(over, abandon);
  }

  private void abandonIfStuck() {
    if (!finished) {
      abandon();
    }
  }

  private void abandon() {
    Canceller of = canceller;
    if (of == null || !ABANDONED.compareAndSet(this, false, true)) {
      return;
    }
    Foreign.abandoned(of, ctx);
    Duration patience = Foreign.patience(of, ctx);
    ContextEvents.report(
        new ContextEvent.Abandoned(ctx.view(), Foreign.resource(of), patience, true));
  }
}
