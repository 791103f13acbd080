package dev.belay;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The meeting place of a thread in guarded calls and the threads that send cancels to it. Made when
 * the first cancel is due; a nest of calls that nobody cancels has none. The lock is held for a few
 * writes only: a cancel is sent without it, between {@link #take} and {@link #sent}, and the body's
 * thread leaves a call only when none is under way or its patience is over (R21).
 */
final class Handover {
  private static final int SPINS = 64;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  /** The body's thread while it waits for what is under way. Guarded by the lock. */
  private @Nullable Thread body;

  /**
   * Waits for {@code pause} and for what is to be cancelled now; null when {@code call} is over.
   */
  @Nullable GuardedCall take(GuardedCall call, long pause) {
    lock.lock();
    try {
      long left = pause;
      while (!call.finished && left > 0) {
        left = changed.awaitNanos(left);
      }
      while (!call.finished) {
        GuardedCall target = call.target();
        if (target != null && target.underWay == 0 && target.claim()) {
          target.underWay++;
          target.sentFor = call.ctx;
          return target;
        }
        // A shield tells us when it gives way; a call that is just being left does not.
        changed.await(target == null ? 1_000 : 1, TimeUnit.MILLISECONDS);
      }
      return null;
    } catch (InterruptedException e) {
      return null; // nobody holds this thread but us: it is never interrupted
    } finally {
      lock.unlock();
    }
  }

  void sent(GuardedCall target) {
    lock.lock();
    try {
      target.underWay--;
      LockSupport.unpark(body);
    } finally {
      lock.unlock();
    }
  }

  /** The limit of {@code shield} has passed: the signals from outside go through. */
  void release(GuardedCall shield) {
    lock.lock();
    try {
      shield.holding = false;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Leaves {@code call}: afterwards no cancel can be sent to it.
   *
   * @return whether one was still under way when the patience was over
   */
  boolean leave(GuardedCall call, long patience) {
    lock();
    try {
      call.finished = true;
      changed.signalAll();
      return awaitQuiet(call, patience);
    } finally {
      lock.unlock();
    }
  }

  /** Waits until nothing that was sent to {@code call} is under way: a shield goes up. */
  void quiet(GuardedCall call, long patience) {
    lock();
    try {
      awaitQuiet(call, patience);
    } finally {
      lock.unlock();
    }
  }

  private boolean awaitQuiet(GuardedCall call, long patience) {
    Thread self = Thread.currentThread();
    long until = System.nanoTime() + patience;
    int interrupts = 0;
    body = self;
    for (long left = patience; call.underWay > 0 && left > 0; left = until - System.nanoTime()) {
      lock.unlock();
      // Ours, sent by the very cancel that we wait for, or a foreign one that must be kept.
      interrupts += Thread.interrupted() ? 1 : 0;
      LockSupport.parkNanos(this, left);
      lock();
    }
    body = null;
    if (interrupts > 0) {
      // One at most is ours; it was sent although theirs came first, because we had taken that.
      call.foreignToo |= interrupts > 1 || self.isInterrupted();
      self.interrupt();
    }
    return call.underWay > 0;
  }

  /**
   * For the body's thread: takes the lock without parking in it, which would hide an interrupt that
   * is pending from those who ask before they send theirs.
   */
  private void lock() {
    for (int i = 0; !lock.tryLock(); i++) {
      if (i < SPINS) {
        Thread.onSpinWait();
      } else {
        LockSupport.parkNanos(this, 10_000);
      }
    }
  }
}
