package dev.belay;

import org.jspecify.annotations.Nullable;

/** A scope that ends with either of two (R9). It hangs in both from its creation. */
final class MergedContext extends CancelContext {
  private final @Nullable DeadlineContext limiter;
  private @Nullable Branch second;
  private @Nullable CancelContext other;

  private MergedContext(
      PlainContext frame, @Nullable CancelContext upper, @Nullable DeadlineContext limiter) {
    super(frame, upper, limiter);
    this.limiter = limiter;
  }

  static CancelContext of(AbstractContext parent, AbstractContext other) {
    if (!parent.time().equals(other.time())) {
      throw new IllegalArgumentException(
          "contexts with different clocks cannot be merged: " + parent + " and " + other);
    }
    CancelContext upper = parent.scope();
    CancelContext second = other.scope();
    if (upper != null) {
      upper.linked();
    }
    DeadlineContext limiter = earliest(upper, second);
    var merged = new MergedContext(parent.frame(), upper, limiter);
    merged.linked();
    if (second != null) {
      merged.join(second);
    }
    return merged;
  }

  private static @Nullable DeadlineContext earliest(
      @Nullable CancelContext a, @Nullable CancelContext b) {
    DeadlineContext first = a == null ? null : a.limiter();
    DeadlineContext second = b == null ? null : b.limiter();
    return second != null && second.isBefore(first) ? second : first;
  }

  private void join(CancelContext scope) {
    Branch branch = Branch.of(this);
    synchronized (this) {
      second = branch;
      other = scope;
    }
    Link list = scope.detect() == null ? scope.linked() : null;
    if (list == null || !list.add(branch)) {
      // Nothing can hang below this context yet: its end needs no walk.
      Ending ended = scope.story();
      if (ended != null) {
        flip(ended);
      }
    }
    if (hasEnded()) {
      unlink();
    }
  }

  @Override
  @Nullable DeadlineContext limiter() {
    return limiter;
  }

  @Override
  void unlink() {
    super.unlink();
    Branch branch;
    CancelContext scope;
    synchronized (this) {
      branch = second;
      scope = other;
    }
    Link list = scope == null ? null : scope.link();
    if (branch != null && list != null) {
      list.remove(branch);
    }
  }
}
