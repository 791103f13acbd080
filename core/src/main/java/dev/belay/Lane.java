package dev.belay;

import dev.belay.kernel.SpinLock;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A list of entries with a lock that is held for a few pointer writes, never while foreign code
 * runs or memory is allocated. That is why it spins: there is nothing to wait for. What it does
 * under the lock it does without a call, so that a stack that overflows leaves it whole.
 */
class Lane extends SpinLock {
  private static final Entry[] NONE = {};

  // Guarded by the lock:
  boolean drained;
  private @Nullable Entry first;
  private @Nullable Entry last;
  private int size;

  /**
   * Appends {@code entry} and gives it this lane, unless the lane was drained.
   *
   * @return false, and nothing done, if it was
   */
  boolean append(Entry entry) {
    lock();
    try {
      return appendLocked(entry);
    } catch (Throwable t) {
      held = 0;
      throw t;
    }
  }

  /**
   * {@link #append} for the thread that has taken the lock. It is released, unless this throws: the
   * stack may end before the first line here, so the caller releases it then.
   */
  boolean appendLocked(Entry entry) {
    boolean open = !drained;
    if (open) {
      entry.lane = this;
      entry.previous = last;
      if (last == null) {
        first = entry;
      } else {
        last.next = entry;
      }
      last = entry;
      size++;
    }
    unlock();
    return open;
  }

  /**
   * Appends {@code entry} if {@code context} still has {@code expected} as its word, which becomes
   * {@code fresh}: what sees the word can rely on the walk of the context above. For the thread
   * that has taken the lock, as {@link #appendLocked(Entry)}.
   *
   * @return false, and nothing done, if the word is another one or the lane was drained
   */
  boolean appendLocked(
      Entry entry, CancelContext context, @Nullable Object expected, Object fresh) {
    entry.lane = this;
    boolean done = !drained && context.replaceWord(expected, fresh);
    if (done) {
      entry.previous = last;
      if (last == null) {
        first = entry;
      } else {
        last.next = entry;
      }
      last = entry;
      size++;
    }
    unlock();
    return done;
  }

  /** Takes {@code entry} out, unless it is out or the lane was drained. */
  @SuppressWarnings("ReferenceEquality") // the first of a list is itself
  void remove(Entry entry) {
    lock();
    try {
      if (!drained && (entry.previous != null || first == entry)) {
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
        size--;
      }
      unlock();
    } catch (Throwable t) {
      held = 0;
      throw t;
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
      size = 0;
      unlock();
      return head;
    } catch (Throwable t) {
      held = 0;
      throw t;
    }
  }

  /** What hangs here now. */
  Entry[] entries() {
    Entry[] into = NONE;
    for (; ; ) {
      int found = copy(into);
      if (found <= into.length) {
        return found == into.length ? into : Arrays.copyOf(into, found);
      }
      into = new Entry[found + found / 8];
    }
  }

  /** Fills {@code into} as far as it goes; how many there are. */
  private int copy(@Nullable Entry[] into) {
    lock();
    int found = size;
    if (found <= into.length) {
      int i = 0;
      for (Entry entry = first; entry != null; entry = entry.next) {
        into[i++] = entry;
      }
    }
    held = 0;
    return found;
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
