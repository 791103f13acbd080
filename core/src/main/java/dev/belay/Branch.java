package dev.belay;

import org.jspecify.annotations.Nullable;

/** Where a linked context hangs in one above it. A merged context has two. */
final class Branch extends Entry {
  private final Link link;

  Branch(Link link) {
    this.link = link;
  }

  @Override
  @Nullable CancelContext context() {
    return link.get();
  }
}
