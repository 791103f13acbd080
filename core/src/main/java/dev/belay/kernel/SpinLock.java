package dev.belay.kernel;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;

/**
 * A lock that is held for a few writes only, never while foreign code runs or memory is allocated.
 * A subclass is the lock of its own fields, which spares an object.
 *
 * <p>A critical section must stay consistent when the stack overflows in it: it calls what may
 * overflow before its first write, or it writes fields only. Its {@code finally} sets {@link #held}
 * to 0 by a plain assignment, which needs no stack, where {@link #unlock} did not get that far:
 *
 * <pre>{@code
 * lock.lock();
 * boolean released = false;
 * try {
 *   …
 *   lock.unlock();
 *   released = true;
 * } finally {
 *   if (!released) {
 *     lock.held = 0;
 *   }
 * }
 * }</pre>
 */
public abstract class SpinLock {
  private static final int SPINS = 64;
  private static final long PAUSE_NANOS = 10_000;

  private static final VarHandle HELD = Handles.of(MethodHandles.lookup(), "held", int.class);

  /** 1 while a thread holds this lock. Written directly only to release it without a call. */
  public volatile int held;

  /** For the class that is guarded. */
  protected SpinLock() {}

  /** Takes the lock if it is free. */
  public final boolean tryLock() {
    return held == 0 && HELD.compareAndSet(this, 0, 1);
  }

  /** Waits for the lock and takes it. An interrupt does not end the wait. */
  public final void lock() {
    for (int i = 0; !tryLock(); i++) {
      if (i < SPINS) {
        Thread.onSpinWait();
      } else {
        LockSupport.parkNanos(this, PAUSE_NANOS);
      }
    }
  }

  /** Gives the lock back; for the thread that holds it. */
  public final void unlock() {
    HELD.setRelease(this, 0);
  }
}
