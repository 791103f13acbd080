package dev.belay;

import org.jspecify.annotations.Nullable;

/**
 * Something that hangs in a {@link Link} and must be told when its context ends: a child, or a
 * reaction. The pointers belong to the list and are guarded by its lock; after the list was drained
 * they belong to the thread that drained it.
 */
abstract sealed class Entry permits Branch, Reaction {
  @Nullable Link list;
  @Nullable Entry previous;
  @Nullable Entry next;
}
