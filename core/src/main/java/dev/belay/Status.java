package dev.belay;

/** How a context stands. It leaves {@link #ACTIVE} once and never changes again. */
public enum Status {
  /** Work may go on. */
  ACTIVE,
  /** Ended by {@link CancellableContext#close()}: the work was finished; no failure. */
  CLOSED,
  /** Ended by {@link CancellableContext#cancel()}. */
  CANCELLED,
  /** Ended by its own deadline or an ancestor's. */
  DEADLINE_EXCEEDED
}
