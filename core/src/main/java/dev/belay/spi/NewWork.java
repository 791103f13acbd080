package dev.belay.spi;

import dev.belay.kernel.Work;
import dev.belay.kernel.WorkTimes;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.SequencedCollection;
import java.util.SequencedSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The queue of work that has not begun, of one criticality: each piece of work has its place, and
 * its calls that wait. The rules are in {@link WaitOrder}.
 */
final class NewWork<W extends WaitOrder.Waiting> {
  /** How often what is late by our estimate is passed over before it is tried all the same. */
  static final int BELIEVED = 64;

  private final WorkTimes times;
  private final LinkedHashMap<Work, LinkedHashSet<W>> calls = new LinkedHashMap<>();
  private int passedOver;

  NewWork(WorkTimes times) {
    this.times = times;
  }

  void add(W waiting) {
    calls.computeIfAbsent(waiting.work(), work -> new LinkedHashSet<>()).addLast(waiting);
  }

  boolean remove(W waiting) {
    LinkedHashSet<W> siblings = calls.get(waiting.work());
    boolean found = siblings != null && siblings.remove(waiting);
    if (siblings != null && siblings.isEmpty()) {
      calls.remove(waiting.work());
    }
    return found;
  }

  /** Takes out all calls of {@code work}. */
  Set<W> removeAll(Work work) {
    LinkedHashSet<W> siblings = calls.remove(work);
    return siblings == null ? Set.of() : siblings;
  }

  /** What is served next: what has time to finish, and now and then what has not. */
  @Nullable W next(long now) {
    W late = null;
    long shortest = times.shortest();
    for (SequencedSet<W> each : inTurn(now)) {
      W first = WaitOrder.firstActive(each, now);
      if (first != null && first.left(now) >= shortest) {
        return late == null || ++passedOver % BELIEVED != 0 ? first : late;
      }
      late = late == null ? first : late;
    }
    return null;
  }

  /** What is served while nothing has time to finish. */
  @Nullable W late(long now) {
    for (SequencedSet<W> each : inTurn(now)) {
      W first = WaitOrder.firstActive(each, now);
      if (first != null) {
        return first;
      }
    }
    return null;
  }

  @SuppressWarnings("NonApiType") // first and last of each are needed
  private SequencedCollection<LinkedHashSet<W>> inTurn(long now) {
    SequencedCollection<LinkedHashSet<W>> inOrder = calls.sequencedValues();
    return !inOrder.isEmpty() && stands(inOrder.getFirst().getFirst(), now)
        ? inOrder.reversed()
        : inOrder;
  }

  private boolean stands(W oldest, long now) {
    long waited = now - oldest.since();
    return waited / 2 > oldest.left(now) || waited > times.patience();
  }
}
