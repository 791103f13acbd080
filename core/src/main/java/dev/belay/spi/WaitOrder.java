package dev.belay.spi;

import dev.belay.Criticality;
import dev.belay.kernel.Begun;
import dev.belay.kernel.Work;
import dev.belay.kernel.WorkTimes;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.SequencedSet;
import java.util.function.Function;
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
 *       waits, and once in {@value NewWork#BELIEVED} times, because that time is an estimate. Else
 *       short work of which little is seen would never be served beside long work.
 * </ol>
 *
 * <p>New work of a higher {@link Criticality} goes before that of a lower one, each in its own
 * queue. What has ended is never served; it leaves by itself.
 *
 * @param <W> what waits
 */
final class WaitOrder<W extends WaitOrder.Waiting> {
  /** One call that waits; compared by identity. */
  static class Waiting {
    private final Work work;
    private final Criticality criticality;
    private final long since;
    private final long until;

    /**
     * Waits from {@code since}, for {@code work}, which ends at {@code until}.
     *
     * @param until {@code Long.MAX_VALUE} for no limit
     */
    Waiting(Work work, Criticality criticality, long since, long until) {
      this.work = work;
      this.criticality = criticality;
      this.since = since;
      this.until = until;
    }

    final Work work() {
      return work;
    }

    final Criticality criticality() {
      return criticality;
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
  private final Map<Criticality, NewWork<W>> fresh = new EnumMap<>(Criticality.class);
  private final WorkTimes times;

  /** An order that learns from {@code times} how long work takes. */
  WaitOrder(WorkTimes times) {
    this.times = times;
    for (Criticality each : Criticality.values()) {
      fresh.put(each, new NewWork<>(times));
    }
  }

  /** {@code waiting} is the last in its queue. */
  void add(W waiting) {
    if (waiting.work().hasBegun()) {
      promote(waiting.work());
      begun.addLast(waiting);
    } else {
      queue(waiting).add(waiting);
    }
  }

  @SuppressWarnings("NullAway") // there is one for each
  private NewWork<W> queue(W waiting) {
    return fresh.get(waiting.criticality());
  }

  /** {@code waiting} waits no more; false if it did not. */
  boolean remove(W waiting) {
    return begun.remove(waiting) || queue(waiting).remove(waiting);
  }

  /** Takes out what is served next, whose work has begun with that; null if nothing waits. */
  @Nullable W next(long now) {
    W next = firstActive(begun, now);
    if (next == null) {
      next = firstOf(queue -> queue.next(now));
    }
    if (next == null) {
      next = firstOf(queue -> queue.late(now));
    }
    if (next != null) {
      next.work().begin(new Begun(times, now));
      promote(next.work());
      begun.remove(next);
    }
    return next;
  }

  /** The first that a queue gives, the most critical one asked first. */
  private @Nullable W firstOf(Function<NewWork<W>, @Nullable W> choice) {
    for (NewWork<W> each : fresh.values()) {
      W chosen = choice.apply(each);
      if (chosen != null) {
        return chosen;
      }
    }
    return null;
  }

  static <W extends Waiting> @Nullable W firstActive(SequencedSet<W> queue, long now) {
    for (W each : queue) {
      if (each.left(now) > 0) {
        return each;
      }
    }
    return null;
  }

  /** The other calls of {@code work}, which has begun, wait among their like. */
  private void promote(Work work) {
    for (NewWork<W> each : fresh.values()) {
      begun.addAll(each.removeAll(work));
    }
  }
}
