package dev.belay;

import org.jspecify.annotations.Nullable;

/** Something to do once a context has ended. It keeps its context from being collected (R27). */
abstract non-sealed class Reaction extends Entry {
  private final @Nullable CancelContext scope;

  /** A reaction to the end of {@code scope}; null for a context that can never end. */
  Reaction(@Nullable CancelContext scope) {
    this.scope = scope;
  }

  @Override
  final @Nullable CancelContext context() {
    return scope;
  }

  /**
   * Called at most once, after the whole subtree has ended, without a lock. Never throws and never
   * runs foreign code, unless the registrant chose an inline executor.
   */
  abstract void fire();
}
