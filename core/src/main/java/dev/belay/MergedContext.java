package dev.belay;

import org.jspecify.annotations.Nullable;

/** A scope that ends with either of two (R9). It hangs in both from its creation. */
final class MergedContext extends CancelContext {
  private MergedContext(
      PlainContext frame, @Nullable CancelContext upper, @Nullable DeadlineContext limiter) {
    super(frame, upper, limiter);
  }

  static CancelContext of(AbstractContext parent, AbstractContext other) {
    if (!parent.time().clock().equals(other.time().clock())) {
      throw new IllegalArgumentException(
          "contexts with different clocks cannot be merged: " + parent + " and " + other);
    }
    CancelContext upper = parent.scope();
    CancelContext second = other.scope();
    if (upper != null) {
      upper.linked();
    }
    var merged = new MergedContext(parent.frame(), upper, earliest(upper, second));
    Link link = merged.linked();
    if (link != null && second != null) {
      merged.join(link, second);
    }
    return merged;
  }

  private static @Nullable DeadlineContext earliest(
      @Nullable CancelContext a, @Nullable CancelContext b) {
    DeadlineContext first = a == null ? null : a.limiter();
    DeadlineContext second = b == null ? null : b.limiter();
    return second != null && second.isBefore(first) ? second : first;
  }

  private void join(Link link, CancelContext scope) {
    var branch = new Link.Branch(link, Dropped.second());
    link.second = branch;
    while (!hangs(branch, scope)) {
      End ended = scope.detect();
      if (ended != null) {
        // Nothing can hang below this context yet: its end needs no walk.
        flip(ended == End.LEAF_CLOSED ? End.closed(scope).completed() : ended);
        break;
      }
      awaitWalk(scope.upper());
    }
    if (hasEnded()) {
      link.unhang();
    }
  }

  private static boolean hangs(Link.Branch branch, CancelContext scope) {
    Link list = scope.detect() == null ? scope.linked() : null;
    return list != null && list.add(branch);
  }
}
