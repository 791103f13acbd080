package dev.belay;

import dev.belay.kernel.Begun;
import dev.belay.kernel.Handles;
import dev.belay.kernel.Trace;
import dev.belay.kernel.Work;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a context has that others derive from, or that is observed more than once: the lanes in
 * which what is below it hangs, and its own place in the context above.
 *
 * <p>Links hold each other from the root down, and their reactions, but their own contexts only
 * weakly. A reaction holds its context, and a context holds those above it. So whatever is observed
 * is kept, with all above it, and what is dropped unobserved is collected (R27).
 */
final class Link extends WeakReference<CancelContext> implements Work {
  /** From here on a chain is more likely a mistake (a context derived in a loop) than meant. */
  private static final int SUSPICIOUS_DEPTH = 10_000;

  /** More threads than processors cannot meet at one lane. */
  private static final int LANES =
      Integer.highestOneBit(Math.min(16, 2 * Runtime.getRuntime().availableProcessors()));

  private static final int LANES_SHIFT = Long.numberOfLeadingZeros(LANES - 1);

  private static final VarHandle MORE = Handles.of(MethodHandles.lookup(), "more", Lane[].class);

  /** Whether a deep chain was reported. */
  static volatile boolean reported;

  /** In which contexts hang that have none above. It belongs to no context, and never ends. */
  static final Link TOPS = new Link();

  /** Where a linked context hangs. */
  abstract static sealed class Place extends Entry {
    /** When its link was made, as {@link Dropped#linkMade} counts. */
    final int since;

    Place(int since) {
      this.since = since;
    }
  }

  /** Where a linked context hangs in one above it. A merged context has two. */
  static final class Branch extends Place {
    final Link link;

    Branch(Link link, int since) {
      super(since);
      this.link = link;
    }

    @Override
    @Nullable CancelContext context() {
      return link.get();
    }
  }

  /**
   * Where a linked context hangs that has none above: weakly, with all that hangs in it. When it
   * was dropped there is nothing left that could end it, so nothing may keep it.
   */
  static final class Top extends Place {
    private final Held held;

    Top(Link link, int since) {
      super(since);
      this.held = new Held(link, this);
    }

    @Override
    @Nullable CancelContext context() {
      Link link = held.get();
      return link == null ? null : link.get();
    }
  }

  /** A top's link; enqueued when it was collected, for {@link Dropped}. */
  static final class Held extends WeakReference<Link> {
    final Top top;

    Held(Link link, Top top) {
      super(link, Dropped.QUEUE);
      this.top = top;
    }
  }

  private final int depth;
  private final Lane first = new Lane();

  /** Made when two threads have met at {@link #first}, which is among them. */
  private volatile Lane @Nullable [] more;

  /** The observer that had this context for itself, and still hangs in the context above. */
  volatile @Nullable Observer lone;

  /** The place in the context above, or among the tops; null for these themselves. */
  final @Nullable Place place;

  /** The second place of a merged context. */
  volatile @Nullable Branch second;

  /** The owner's first permit, as a piece of work; null before that. */
  private volatile @Nullable Begun begun;

  /** The timer of the owner's deadline, to be cancelled if the owner is dropped. */
  volatile @Nullable Alarm alarm;

  /** Where the context was made, if that is recorded. */
  final @Nullable Trace site;

  /** Keeps the owner where an inspection of the tree is to show what was dropped. */
  @SuppressWarnings("UnusedVariable") // held, not read
  private final @Nullable CancelContext kept;

  private Link() {
    super(null);
    this.depth = 0;
    this.place = null;
    this.site = null;
    this.kept = null;
  }

  Link(CancelContext owner, Link above, @Nullable Trace site) {
    super(owner, Dropped.QUEUE);
    int since = Dropped.linkMade();
    this.depth = above.depth + 1;
    this.place = above == TOPS ? new Top(this, since) : new Branch(this, since);
    this.site = site;
    this.kept = owner.frame.environment().recordsSites() ? owner : null;
  }

  /** For how many seconds there has been this link, by the clock of the machine. */
  int seconds() {
    Place own = place;
    return own == null ? 0 : Math.max(0, Dropped.secondNow() - own.since);
  }

  // ---- as a piece of work

  @Override
  public boolean hasBegun() {
    return begun != null;
  }

  @Override
  public void begin(Begun first) {
    if (begun == null) {
      begun = first; // of two at the same time either will do
    }
  }

  @Override
  public boolean isCutShort() {
    CancelContext owner = get();
    End end = owner == null ? null : owner.detect();
    return end != null && end.status != Status.CLOSED;
  }

  /** The owner was closed, which finishes it as a piece of work. */
  void finished() {
    Begun first = begun;
    if (first != null) {
      first.finished();
    }
  }

  // ---- what hangs below

  /** Hangs {@code entry} in; false, and nothing done, if the owner has ended. */
  boolean add(Entry entry) {
    Lane lane = null;
    try {
      lane = locked();
      return lane.appendLocked(entry);
    } catch (Throwable t) {
      if (lane != null) {
        lane.held = 0;
      }
      throw t;
    }
  }

  /**
   * Hangs {@code entry} in if {@code context} still has {@code expected} as its word, which becomes
   * {@code fresh}; false, and nothing done, if it has another or the owner has ended.
   */
  boolean add(Entry entry, CancelContext context, @Nullable Object expected, Object fresh) {
    Lane lane = null;
    try {
      lane = locked();
      return lane.appendLocked(entry, context, expected, fresh);
    } catch (Throwable t) {
      if (lane != null) {
        lane.held = 0;
      }
      throw t;
    }
  }

  /** A lane for the calling thread, locked by it. */
  Lane locked() {
    Lane[] lanes = more;
    if (lanes == null) {
      if (first.tryLock()) {
        return first;
      }
      lanes = widened();
    }
    int own = spread(Thread.currentThread().threadId());
    for (int i = 0; i < lanes.length; i++) {
      Lane lane = lanes[(own + i) & (lanes.length - 1)];
      if (lane.tryLock()) {
        return lane;
      }
    }
    lanes[own].lock();
    return lanes[own];
  }

  /** The upper bits: threads made one after the other are then far from each other. */
  private static int spread(long id) {
    return (int) ((id * 0x9E3779B97F4A7C15L) >>> LANES_SHIFT);
  }

  /** Lanes beside the first, which shares its place in memory with what everybody reads. */
  private Lane[] widened() {
    Lane[] lanes = new Lane[LANES];
    Arrays.setAll(lanes, i -> new Lane.Apart());
    first.lock();
    try {
      if (first.drained) {
        // No thread may find a lane that is not drained.
        Arrays.fill(lanes, first);
      }
      var others = (Lane[]) MORE.compareAndExchange(this, null, lanes);
      first.unlock();
      return others == null ? lanes : others;
    } catch (Throwable t) {
      first.held = 0;
      throw t;
    }
  }

  /** A lane that a walk has not drained yet; null if there is none. */
  @Nullable Lane undrained() {
    if (!first.drained) {
      return first;
    }
    Lane[] lanes = more;
    if (lanes != null) {
      for (Lane lane : lanes) {
        if (!lane.drained) {
          return lane;
        }
      }
    }
    return null;
  }

  /** What hangs here now. */
  List<Entry> entries() {
    var entries = new ArrayList<Entry>();
    Collections.addAll(entries, first.entries());
    Lane[] lanes = more;
    if (lanes != null) {
      for (Lane lane : lanes) {
        Collections.addAll(entries, lane.entries());
      }
    }
    return entries;
  }

  // ---- the own place

  /** Takes the owner out of the contexts above. */
  void unhang() {
    if (place != null) {
      place.unhang();
    }
    Branch other = second;
    if (other != null) {
      other.unhang();
    }
    Observer alone = lone;
    if (alone != null) {
      alone.unhang();
    }
  }

  /** Says once per process that a chain is suspiciously deep (R8). Call without a lock. */
  void reportDepth(CancelContext owner) {
    if (depth == SUSPICIOUS_DEPTH && !reported) {
      reported = true;
      System.getLogger("dev.belay")
          .log(
              System.Logger.Level.WARNING,
              "a chain of {0} contexts: is one derived from itself in a loop? {1}",
              depth,
              owner);
    }
  }
}
