package dev.belay.time;

import dev.belay.kernel.SpinLock;
import dev.belay.spi.TimeSource;
import org.jspecify.annotations.Nullable;

/**
 * Timers by the tick at which they are due, in four levels of 256 slots: setting and cancelling one
 * costs the same whether forty or four hundred thousand are outstanding. Time is an absolute count
 * of ticks; a slot of level n covers 256ⁿ of them and is dealt out to the level below when its
 * first tick has come.
 *
 * <p>Any thread may set and cancel; one thread advances. The lock is held for a few writes only,
 * and nothing is allocated under it.
 *
 * <p>Source: G. Varghese and A. Lauck, <i>Hashed and Hierarchical Timing Wheels</i>, SOSP 1987.
 */
final class Wheel extends SpinLock {
  static final long NEVER = Long.MAX_VALUE;

  private static final int BITS = 8;
  private static final int SLOTS = 1 << BITS;
  private static final int LEVELS = 4;

  /** The slot of a timer that was fired or cancelled. */
  private static final int NONE = -1;

  /** A timer in the ring of its slot. */
  private final class Node implements TimeSource.Timer {
    private final Runnable task;
    private final long tick;

    // Guarded by the lock:
    private Node previous = this;
    private Node next = this;
    private int slot = NONE;

    Node(Runnable task, long tick) {
      this.task = task;
      this.tick = tick;
    }

    @Override
    public void cancel() {
      Wheel.this.cancel(this);
    }
  }

  // Guarded by the lock:

  /** The first timer of each slot. */
  private final @Nullable Node[] slots = new @Nullable Node[LEVELS * SLOTS];

  private final long[] occupied = new long[LEVELS * SLOTS / Long.SIZE];
  private int timers;

  /** Every tick up to this one has been dealt with. */
  private long now;

  /** Sets a timer that {@link #advance} gives out when {@code tick} has come. */
  TimeSource.Timer set(long tick, Runnable task) {
    var node = new Node(task, tick);
    lock();
    try {
      place(node, Math.max(tick, now + 1));
      timers++;
      unlock();
    } catch (Throwable t) {
      held = 0;
      throw t;
    }
    return node;
  }

  private void cancel(Node node) {
    lock();
    try {
      take(node);
      unlock();
    } catch (Throwable t) {
      held = 0;
      throw t;
    }
  }

  boolean isEmpty() {
    lock();
    boolean empty = timers == 0;
    held = 0;
    return empty;
  }

  /** The first tick at which there is something to do; {@link #NEVER} if there is no timer. */
  long next() {
    lock();
    try {
      long next = timers == 0 ? NEVER : nextEvent();
      unlock();
      return next;
    } catch (Throwable t) {
      held = 0;
      throw t;
    }
  }

  /**
   * Moves on towards {@code tick}, and takes out some of the timers that are due by then.
   *
   * @param due gets their tasks, as many as it has room for; others get the lock in between
   * @return whether that was all
   */
  boolean advance(long tick, Due due) {
    lock();
    try {
      boolean all = advanceLocked(tick, due);
      unlock();
      return all;
    } catch (Throwable t) {
      held = 0;
      throw t;
    }
  }

  // ---- under the lock

  private boolean advanceLocked(long tick, Due due) {
    int most = due.room();
    int moved = 0;
    for (; ; ) {
      for (int level = LEVELS - 1; level > 0; level--) {
        if ((now & (span(level) - 1)) == 0) {
          moved += dealOut(slot(level, now), most - moved);
        }
      }
      moved += collect(slot(0, now), due, most - moved);
      if (moved == most) {
        return false;
      }
      if (now >= tick) {
        return true;
      }
      now = Math.min(timers == 0 ? NEVER : nextEvent(), tick);
    }
  }

  private static long span(int level) {
    return 1L << (BITS * level);
  }

  private static int slot(int level, long tick) {
    return level * SLOTS + (int) ((tick >>> (BITS * level)) & (SLOTS - 1));
  }

  private void place(Node node, long tick) {
    // What lies beyond the last level waits in its last slot and is placed again from there.
    long by =
        Math.min(tick, ((now >>> (BITS * (LEVELS - 1))) + SLOTS - 1) << (BITS * (LEVELS - 1)));
    int level = 0;
    while ((by >>> (BITS * level)) - (now >>> (BITS * level)) >= SLOTS) {
      level++;
    }
    int slot = slot(level, by);
    Node first = slots[slot];
    if (first == null) {
      slots[slot] = node;
      occupied[slot / Long.SIZE] |= 1L << slot;
    } else {
      node.previous = first.previous;
      node.next = first;
      first.previous.next = node;
      first.previous = node;
    }
    node.slot = slot;
  }

  @SuppressWarnings("ReferenceEquality") // the first of a ring, or its only one
  private void unlink(Node node) {
    int slot = node.slot;
    if (node.next == node) {
      slots[slot] = null;
      occupied[slot / Long.SIZE] &= ~(1L << slot);
    } else {
      if (slots[slot] == node) {
        slots[slot] = node.next;
      }
      node.previous.next = node.next;
      node.next.previous = node.previous;
      node.previous = node;
      node.next = node;
    }
    node.slot = NONE;
  }

  private void take(Node node) {
    if (node.slot != NONE) {
      unlink(node);
      timers--;
    }
  }

  private int dealOut(int slot, int limit) {
    int moved = 0;
    for (Node node = slots[slot]; node != null && moved < limit; node = slots[slot]) {
      unlink(node);
      place(node, Math.max(node.tick, now));
      moved++;
    }
    return moved;
  }

  private int collect(int slot, Due due, int limit) {
    int moved = 0;
    for (Node node = slots[slot]; node != null && moved < limit; node = slots[slot]) {
      take(node);
      due.add(node.task);
      moved++;
    }
    return moved;
  }

  private long nextEvent() {
    long event = NEVER;
    for (int level = 0; level < LEVELS; level++) {
      int ahead = ahead(level);
      if (ahead > 0) {
        event = Math.min(event, ((now >>> (BITS * level)) + ahead) << (BITS * level));
      }
    }
    return event;
  }

  /** How many slots from the present one on the next occupied one is; 0 for none. */
  private int ahead(int level) {
    int present = slot(level, now) - level * SLOTS;
    int words = SLOTS / Long.SIZE;
    for (int i = 0; i <= words; i++) {
      int word = ((present + 1) / Long.SIZE + i) % words;
      long bits = occupied[level * words + word];
      if (i == 0) {
        bits &= -1L << (present + 1);
      }
      if (bits != 0) {
        int slot = word * Long.SIZE + Long.numberOfTrailingZeros(bits);
        return (slot - present + SLOTS) % SLOTS;
      }
    }
    return 0;
  }
}
