package dev.belay;

import org.jspecify.annotations.Nullable;

/**
 * Something below a context that its end must reach: a child, or an observer. It hangs in a {@link
 * Lane} of the context above. The pointers are guarded by the lane's lock; after the lane was
 * drained they belong to the walk that drained it.
 */
abstract sealed class Entry permits Link.Place, Observer {
  /** Where this hangs; set before the entry can be seen by another thread. */
  @Nullable Lane lane;

  @Nullable Entry previous;
  @Nullable Entry next;

  /** The context that has to be ended; null if it was dropped and collected. */
  abstract @Nullable CancelContext context();

  /** Takes this out of where it hangs, unless it is out or its lane was drained. */
  final void unhang() {
    Lane in = lane;
    if (in != null) {
      in.remove(this);
    }
  }
}
