package dev.belay;

/** Something to do once a context has ended. */
abstract non-sealed class Reaction extends Entry {
  /**
   * Called at most once, after the whole subtree has ended, without a lock. Never throws and never
   * runs foreign code, unless the registrant chose an inline executor.
   */
  abstract void fire();
}
