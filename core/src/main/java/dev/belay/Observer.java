package dev.belay;

import org.jspecify.annotations.Nullable;

/**
 * What watches for the end of a context: a reaction, a waiting thread, a guarded call. It keeps its
 * context from being collected (R27).
 */
abstract non-sealed class Observer extends Entry {
  private final @Nullable CancelContext scope;

  /** An observer of the end of {@code scope}; null for a context that can never end. */
  Observer(@Nullable CancelContext scope) {
    this.scope = scope;
  }

  @Override
  final @Nullable CancelContext context() {
    return scope;
  }

  /**
   * Called after the whole subtree has ended, without a lock: once, or again if it has thrown an
   * {@link Error}. Never runs foreign code, unless the registrant chose an inline executor.
   */
  abstract void fire();
}
