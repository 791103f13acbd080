package dev.belay;

/** A context below another one. A merged context has two: one below each of the two. */
sealed class Branch extends Entry permits Link {
  final CancelContext child;

  Branch(CancelContext child) {
    this.child = child;
  }

  /** The second branch of a merged context. */
  static Branch of(CancelContext child) {
    return new Branch(child);
  }
}
