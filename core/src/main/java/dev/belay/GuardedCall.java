package dev.belay;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A body that runs under a canceller, and the hand-over between its return and the cancels sent to
 * it (R21–R24). Calls nest on a thread; all calls of one nest share a lock. It is held for a few
 * writes only: a cancel is sent without it, between {@code underWay++} and {@code underWay--}, and
 * the body's thread leaves only when {@code underWay} is 0 or its patience is over.
 */
final class GuardedCall extends Reaction {
  private static final long FIRST_PAUSE = 500_000;
  private static final long LONGEST_PAUSE = 100_000_000;

  /** The innermost call of the thread. */
  private static final ThreadLocal<@Nullable GuardedCall> INNERMOST = new ThreadLocal<>();

  /** What the calls of one nest share. */
  private static final class Nest {
    final ReentrantLock lock = new ReentrantLock();
    final Condition changed = lock.newCondition();
    @Nullable GuardedCall innermost;
  }

  private final AbstractContext ctx;
  private final @Nullable CancelContext scope;

  /** Null for a shield. */
  private final @Nullable Canceller canceller;

  private final @Nullable GuardedCall outer;
  private final Nest nest;

  // Guarded by nest.lock:
  private boolean finished;
  private boolean holding;
  private int attempts;
  private int underWay;
  private @Nullable AbstractContext sentFor;

  private GuardedCall(AbstractContext ctx, @Nullable Canceller canceller) {
    super(ctx.scope());
    this.ctx = ctx;
    this.scope = context();
    this.canceller = canceller;
    this.holding = canceller == null;
    this.outer = INNERMOST.get();
    this.nest = outer == null ? new Nest() : outer.nest;
  }

  static <T extends @Nullable Object, X extends Exception> T call(
      AbstractContext ctx, Canceller canceller, ContextCallable<T, X> body) throws X {
    return new GuardedCall(ctx, canceller).run(body);
  }

  /** Runs {@code body} while the signals of the calls around it wait for the end of {@code ctx}. */
  static <T extends @Nullable Object, X extends Exception> T shielded(
      AbstractContext ctx, ContextCallable<T, X> body) throws X {
    ctx.throwIfDone();
    return INNERMOST.get() == null ? Binding.call(ctx, body) : new GuardedCall(ctx, null).run(body);
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

  private void enter() {
    INNERMOST.set(this);
    nest.lock.lock();
    try {
      nest.innermost = this;
    } finally {
      nest.lock.unlock();
    }
    if (scope != null && !scope.observe(this)) {
      fire();
    }
  }

  /**
   * Leaves the call: afterwards no cancel can hit the thread or the resource.
   *
   * @return the context for whose end a cancel was sent; null if none was
   */
  private @Nullable AbstractContext finish(@Nullable Throwable failure) {
    if (scope != null) {
      scope.unobserve(this);
    }
    boolean interrupted = false;
    boolean abandoned;
    AbstractContext ended;
    long patience = canceller == null ? 0 : Nanos.of(canceller.patience()); // without the lock
    nest.lock.lock();
    try {
      finished = true;
      nest.innermost = outer;
      nest.changed.signalAll();
      long left = patience;
      while (underWay > 0 && left > 0) {
        try {
          left = nest.changed.awaitNanos(left);
        } catch (InterruptedException e) {
          // Ours, sent by the very cancel that we wait for, or a foreign one that must be kept.
          interrupted = true;
        }
      }
      abandoned = underWay > 0;
      ended = sentFor;
    } finally {
      nest.lock.unlock();
      if (outer == null) {
        INNERMOST.remove();
      } else {
        INNERMOST.set(outer);
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    if (canceller instanceof Interruption interruption) {
      interruption.settle(failure);
    }
    if (abandoned && canceller != null) {
      canceller.abandoned();
    }
    return ended;
  }

  // ---- the other side: runs when the context has ended, on a thread of its own

  @Override
  void fire() {
    ctx.time().start("belay-canceller", this::signal);
  }

  private void signal() {
    if (canceller == null) {
      release();
      return;
    }
    long pause = FIRST_PAUSE;
    GuardedCall target = take(0);
    while (target != null) {
      target.send();
      target.sent();
      target = take(pause);
      pause = Math.min(pause * 2, LONGEST_PAUSE);
    }
  }

  /** The shield's limit has passed: the signals from outside go through. */
  private void release() {
    nest.lock.lock();
    try {
      holding = false;
      nest.changed.signalAll();
    } finally {
      nest.lock.unlock();
    }
  }

  /** Waits for {@code pause} and for what is to be cancelled now; null when this call is over. */
  private @Nullable GuardedCall take(long pause) {
    nest.lock.lock();
    try {
      long left = pause;
      while (!finished && left > 0) {
        left = nest.changed.awaitNanos(left);
      }
      while (!finished) {
        GuardedCall target = target();
        if (target != null && target.underWay == 0) {
          target.underWay++;
          target.sentFor = ctx;
          return target;
        }
        nest.changed.await(1, TimeUnit.SECONDS);
      }
      return null;
    } catch (InterruptedException e) {
      return null; // nobody holds this thread but us: it is never interrupted
    } finally {
      nest.lock.unlock();
    }
  }

  /** The innermost canceller inside this call; null while a shield inside it holds. */
  private @Nullable GuardedCall target() {
    GuardedCall target = null;
    for (GuardedCall call = nest.innermost; call != null; call = call.outer) {
      if (call.canceller == null && call.holding) {
        return null;
      }
      if (target == null && call.canceller != null) {
        target = call;
      }
      if (call.equals(this)) {
        break;
      }
    }
    return target;
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

  private void sent() {
    nest.lock.lock();
    try {
      underWay--;
      nest.changed.signalAll();
    } finally {
      nest.lock.unlock();
    }
  }
}
