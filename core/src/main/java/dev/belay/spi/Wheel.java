package dev.belay.spi;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Timers by the tick at which they are due, in four levels of 256 slots: setting and cancelling one
 * costs the same whether forty or four hundred thousand are outstanding. Time is an absolute count
 * of ticks; a slot of level n covers 256ⁿ of them and is dealt out to the level below when its
 * first tick has come.
 *
 * <p>Any thread may set and cancel; one thread advances. The lock is held for a few writes only.
 *
 * <p>Source: G. Varghese and A. Lauck, <i>Hashed and Hierarchical Timing Wheels</i>, SOSP 1987.
 */
final class Wheel {
  static final long NEVER = Long.MAX_VALUE;

  private static final int BITS = 8;
  private static final int SLOTS = 1 << BITS;
  private static final int LEVELS = 4;

  /** So many are moved before others get the lock. */
  private static final int CHUNK = 128;

  private static final VarHandle HELD;

  static {
    try {
      HELD = MethodHandles.lookup().findVarHandle(Wheel.class, "held", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** A timer, or the head of a slot's ring. */
  private final class Node implements TimeSource.Timer {
    private final Runnable task;
    private final long tick;
    private Node previous = this;

    /** This one itself once the timer was fired or cancelled, and of a head without timers. */
    private Node next = this;

    Node(Runnable task, long tick) {
      this.task = task;
      this.tick = tick;
    }

    @Override
    public void cancel() {
      Wheel.this.cancel(this);
    }
  }

  private volatile int held;

  // Guarded by the lock:
  private final @Nullable Node[] slots = new @Nullable Node[LEVELS * SLOTS];
  private final long[] occupied = new long[LEVELS * SLOTS / Long.SIZE];
  private int timers;

  /** Every tick up to this one has been dealt with. */
  private long now;

  void lock() {
    for (int i = 0; held != 0 || !HELD.compareAndSet(this, 0, 1); i++) {
      if (i < 64) {
        Thread.onSpinWait();
      } else {
        LockSupport.parkNanos(this, 10_000);
      }
    }
  }

  void unlock() {
    HELD.setRelease(this, 0);
  }

  /** Sets a timer that {@link #advance} gives out when {@code tick} has come. */
  TimeSource.Timer set(long tick, Runnable task) {
    var node = new Node(task, tick);
    lock();
    try {
      timers++;
      place(node, Math.max(tick, now + 1));
    } finally {
      unlock();
    }
    return node;
  }

  private void cancel(Node node) {
    lock();
    try {
      take(node);
    } finally {
      unlock();
    }
  }

  boolean isEmpty() {
    lock();
    try {
      return timers == 0;
    } finally {
      unlock();
    }
  }

  /** The first tick at which there is something to do; {@link #NEVER} if there is no timer. */
  long next() {
    lock();
    try {
      return timers == 0 ? NEVER : nextEvent();
    } finally {
      unlock();
    }
  }

  /**
   * Moves on towards {@code tick}, and takes out some of the timers that are due by then.
   *
   * @return whether that was all
   */
  boolean advance(long tick, List<Runnable> due) {
    lock();
    try {
      int moved = 0;
      for (; ; ) {
        for (int level = LEVELS - 1; level > 0; level--) {
          if ((now & (span(level) - 1)) == 0) {
            moved += dealOut(slot(level, now), CHUNK - moved);
          }
        }
        moved += collect(slot(0, now), due, CHUNK - moved);
        if (moved == CHUNK) {
          return false;
        }
        if (now >= tick) {
          return true;
        }
        now = Math.min(timers == 0 ? NEVER : nextEvent(), tick);
      }
    } finally {
      unlock();
    }
  }

  // ---- under the lock

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
    Node head = slots[slot];
    if (head == null) {
      head = new Node(() -> {}, NEVER);
      slots[slot] = head;
    }
    node.previous = head.previous;
    node.next = head;
    head.previous.next = node;
    head.previous = node;
    occupied[slot / Long.SIZE] |= 1L << slot;
  }

  private void unlink(Node node) {
    node.previous.next = node.next;
    node.next.previous = node.previous;
    node.previous = node;
    node.next = node;
  }

  @SuppressWarnings("ReferenceEquality") // a node that hangs nowhere is its own neighbour
  private void take(Node node) {
    if (node.next != node) {
      unlink(node);
      timers--;
    }
  }

  /** The first timer of a slot; null, and the slot is marked as free, if it has none. */
  @SuppressWarnings("ReferenceEquality") // a ring ends at its head
  private @Nullable Node first(int slot) {
    Node head = slots[slot];
    if (head == null || head.next == head) {
      occupied[slot / Long.SIZE] &= ~(1L << slot);
      return null;
    }
    return head.next;
  }

  private int dealOut(int slot, int limit) {
    int moved = 0;
    for (Node node = first(slot); node != null && moved < limit; node = first(slot)) {
      unlink(node);
      place(node, Math.max(node.tick, now));
      moved++;
    }
    return moved;
  }

  private int collect(int slot, List<Runnable> due, int limit) {
    int moved = 0;
    for (Node node = first(slot); node != null && moved < limit; node = first(slot)) {
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
