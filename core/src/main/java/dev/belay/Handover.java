package dev.belay;

import dev.belay.kernel.SpinLock;
import dev.belay.spi.TimeSource;
import dev.belay.time.Nanos;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The meeting place of a thread in guarded calls and the threads that send cancels to it. Made when
 * the first cancel is due; a nest of calls that nothing cancels has none. The lock is held for a
 * few reads and writes only: a cancel is sent without it, between {@link #take} and {@link #sent},
 * and the body's thread leaves a call only when none is under way or its patience is over (R21).
 */
final class Handover extends SpinLock {
  /** How long to wait for a change that is notified, in case the notification was lost. */
  private static final long RECHECK_NANOS = 1_000_000_000;

  /** How long to wait for a change that is not: a call that is just being left. */
  private static final long SOON_NANOS = 1_000_000;

  /** The body's thread while it waits for what is under way. Guarded by the lock. */
  private @Nullable Thread body;

  // ---- the threads that send

  /**
   * Waits for {@code pause} and for what is to be cancelled now; null when {@code call} is over.
   * Called on the thread that sends the cancels of {@code call}.
   */
  @Nullable GuardedCall take(GuardedCall call, long pause) {
    long until = System.nanoTime() + pause;
    for (long left = pause; left > 0 && !call.finished; left = until - System.nanoTime()) {
      LockSupport.parkNanos(this, left);
    }
    while (!call.finished) {
      GuardedCall target = taken(call);
      if (target != null) {
        return target;
      }
      LockSupport.parkNanos(this, call.isHeldBack() ? RECHECK_NANOS : SOON_NANOS);
    }
    return null;
  }

  private @Nullable GuardedCall taken(GuardedCall call) {
    lock();
    try {
      GuardedCall target = call.finished ? null : call.target();
      boolean free = target != null && target.underWay == 0 && target.claim();
      if (target != null && free) {
        target.underWay++;
        target.sentFor = call.ctx;
      }
      unlock();
      return free ? target : null;
    } catch (Throwable t) {
      held = 0;
      throw t;
    }
  }

  void sent(GuardedCall target) {
    lock();
    try {
      target.underWay--;
      Thread waiting = body;
      unlock();
      LockSupport.unpark(waiting);
    } catch (Throwable t) {
      held = 0;
      throw t;
    }
  }

  /** The limit of {@code shield} has passed: the signals from outside go through. */
  void release(GuardedCall shield) {
    shield.holding = false;
    shield.wakeSenders();
  }

  // ---- the body's thread

  /**
   * Leaves {@code call}: afterwards no cancel can be sent to it.
   *
   * @return whether one was still under way when the patience was over
   */
  boolean leave(GuardedCall call, long patience) {
    lock();
    try {
      call.finished = true;
      unlock();
    } catch (Throwable t) {
      held = 0;
      throw t;
    }
    call.wakeSenders();
    return awaitQuiet(call, patience);
  }

  /**
   * Waits until nothing that was sent to {@code call} is under way.
   *
   * @return whether something still is after {@code patience}
   */
  boolean awaitQuiet(GuardedCall call, long patience) {
    Thread self = Thread.currentThread();
    TimeSource time = call.ctx.time();
    long until = Nanos.after(time.nanoTime(), patience);
    int interrupts = 0;
    boolean busy = isBusy(call, self);
    while (busy && time.nanoTime() < until) {
      // Ours, sent by the very cancel that we wait for, or a foreign one that must be kept.
      interrupts += Thread.interrupted() ? 1 : 0;
      time.park(this, until);
      busy = isBusy(call, self);
    }
    busy = isBusy(call, null);
    if (interrupts > 0) {
      // One at most is ours; it was sent although theirs came first, because we had taken that.
      call.foreignToo |= interrupts > 1 || self.isInterrupted();
      self.interrupt();
    }
    return busy;
  }

  private boolean isBusy(GuardedCall call, @Nullable Thread waiting) {
    lock();
    try {
      body = waiting;
      boolean busy = call.underWay > 0;
      unlock();
      return busy;
    } catch (Throwable t) {
      held = 0;
      throw t;
    }
  }
}
