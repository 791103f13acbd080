package dev.belay;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A list of entries with a lock that is held for a few pointer writes, never while foreign code
 * runs or memory is allocated. That is why it spins: there is nothing to wait for.
 */
class Lane {
  private static final int SPINS = 64;
  private static final VarHandle HELD;

  static {
    try {
      HELD = MethodHandles.lookup().findVarHandle(Lane.class, "held", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private volatile int held;

  // Guarded by the lock:
  private boolean drained;
  private @Nullable Entry first;
  private @Nullable Entry last;

  boolean tryLock() {
    return held == 0 && HELD.compareAndSet(this, 0, 1);
  }

  void lock() {
    for (int i = 0; !tryLock(); i++) {
      if (i < SPINS) {
        Thread.onSpinWait();
      } else {
        LockSupport.parkNanos(this, 10_000);
      }
    }
  }

  void unlock() {
    HELD.setRelease(this, 0);
  }

  /** Whether {@link #drain} has been called. Under the lock. */
  boolean drained() {
    return drained;
  }

  /** Appends {@code entry}, whose {@link Entry#lane} is this. Under the lock, before a drain. */
  void append(Entry entry) {
    entry.previous = last;
    if (last == null) {
      first = entry;
    } else {
      last.next = entry;
    }
    last = entry;
  }

  /** Takes {@code entry} out, unless it is out or the lane was drained. */
  @SuppressWarnings("ReferenceEquality") // the first of a list is itself
  void remove(Entry entry) {
    lock();
    try {
      if (drained || (entry.previous == null && first != entry)) {
        return;
      }
      if (entry.previous == null) {
        first = entry.next;
      } else {
        entry.previous.next = entry.next;
      }
      if (entry.next == null) {
        last = entry.previous;
      } else {
        entry.next.previous = entry.previous;
      }
      entry.previous = null;
      entry.next = null;
    } finally {
      unlock();
    }
  }

  /** Empties the lane for good; the caller owns the returned chain. */
  @Nullable Entry drain() {
    lock();
    try {
      drained = true;
      Entry head = first;
      first = null;
      last = null;
      return head;
    } finally {
      unlock();
    }
  }

  /** Shows {@code each} what hangs here now; it must do next to nothing. */
  void forEach(Consumer<Entry> each) {
    lock();
    try {
      for (Entry entry = first; entry != null; entry = entry.next) {
        each.accept(entry);
      }
    } finally {
      unlock();
    }
  }

  /** One that shares no cache line with another, so that threads in two of them do not meet. */
  @SuppressWarnings("UnusedVariable") // room, not values
  static final class Apart extends Lane {
    private long p0;
    private long p1;
    private long p2;
    private long p3;
    private long p4;
    private long p5;
    private long p6;
    private long p7;
    private long p8;
    private long p9;
    private long p10;
    private long p11;
    private long p12;
  }
}
