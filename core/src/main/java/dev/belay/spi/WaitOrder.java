package dev.belay.spi;

import dev.belay.kernel.Begun;
import dev.belay.kernel.Work;
import dev.belay.kernel.WorkTimes;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.SequencedCollection;
import java.util.SequencedSet;
import org.jspecify.annotations.Nullable;

/**
 * The order in which those that wait are served. It reads no clock and takes no lock but that of
 * {@link WorkTimes}: its user holds one.
 *
 * <ol>
 *   <li>Work that has begun, first come first served: what was spent on it is lost if it ends.
 *   <li>Work that has not begun, first come first served until its queue stands: until the oldest
 *       has waited for two thirds of its time, or for longer than {@linkplain WorkTimes#patience()
 *       clients wait}. From then on the newest, which has the most time left, until the queue is
 *       short again.
 *   <li>Work that has not begun and has less time left than the shortest takes: while nothing else
 *       waits, and once in {@value #BELIEVED} times, because that time is an estimate. Else short
 *       work of which little is seen would never be served beside long work.
 * </ol>
 *
 * <p>What has ended is never served; it leaves by itself.
 *
 * @param <W> what waits
 */
final class WaitOrder<W extends WaitOrder.Waiting> {
  /** How often what is late by our estimate is passed over before it is tried all the same. */
  private static final int BELIEVED = 64;

  /** One call that waits; compared by identity. */
  static class Waiting {
    private final Work work;
    private final long since;
    private final long until;

    /**
     * Waits from {@code since}, for {@code work}, which ends at {@code until}.
     *
     * @param until {@code Long.MAX_VALUE} for no limit
     */
    Waiting(Work work, long since, long until) {
      this.work = work;
      this.since = since;
      this.until = until;
    }

    final Work work() {
      return work;
    }

    final long since() {
      return since;
    }

    /** How much time it has at {@code now}; zero or less if it has ended. */
    final long left(long now) {
      return until == Long.MAX_VALUE ? until : until - now;
    }
  }

  private final LinkedHashSet<W> begun = new LinkedHashSet<>();
  private final LinkedHashMap<Work, LinkedHashSet<W>> fresh = new LinkedHashMap<>();
  private final WorkTimes times;
  private int passedOver;

  /** An order that learns from {@code times} how long work takes. */
  WaitOrder(WorkTimes times) {
    this.times = times;
  }

  /** {@code waiting} is the last in its queue. */
  void add(W waiting) {
    if (waiting.work().hasBegun()) {
      promote(waiting.work());
      begun.addLast(waiting);
    } else {
      fresh.computeIfAbsent(waiting.work(), work -> new LinkedHashSet<>()).addLast(waiting);
    }
  }

  /** {@code waiting} waits no more; false if it did not. */
  boolean remove(W waiting) {
    boolean found = begun.remove(waiting);
    LinkedHashSet<W> siblings = fresh.get(waiting.work());
    if (siblings != null) {
      found |= siblings.remove(waiting);
      if (siblings.isEmpty()) {
        fresh.remove(waiting.work());
      }
    }
    return found;
  }

  /** Takes out what is served next, whose work has begun with that; null if nothing waits. */
  @Nullable W next(long now) {
    W next = firstActive(begun, now);
    if (next == null) {
      next = nextFresh(now);
    }
    if (next != null) {
      next.work().begin(new Begun(times, now));
      promote(next.work());
      begun.remove(next);
    }
    return next;
  }

  private @Nullable W nextFresh(long now) {
    W late = null;
    long shortest = times.shortest();
    for (SequencedSet<W> each : inTurn(now)) {
      W first = firstActive(each, now);
      if (first != null && first.left(now) >= shortest) {
        return late == null || ++passedOver % BELIEVED != 0 ? first : late;
      }
      late = late == null ? first : late;
    }
    return late;
  }

  private SequencedCollection<LinkedHashSet<W>> inTurn(long now) {
    SequencedCollection<LinkedHashSet<W>> works = fresh.sequencedValues();
    return !works.isEmpty() && stands(works.getFirst().getFirst(), now) ? works.reversed() : works;
  }

  private boolean stands(W oldest, long now) {
    long waited = now - oldest.since();
    return waited / 2 > oldest.left(now) || waited > times.patience();
  }

  private @Nullable W firstActive(SequencedSet<W> queue, long now) {
    for (W each : queue) {
      if (each.left(now) > 0) {
        return each;
      }
    }
    return null;
  }

  /** The other calls of {@code work}, which has begun, wait among their like. */
  private void promote(Work work) {
    LinkedHashSet<W> siblings = fresh.get(work);
    if (siblings != null) {
      begun.addAll(siblings);
      fresh.remove(work);
    }
  }
}
