package dev.belay;

/**
 * About the shortest time in which one step has succeeded lately. Thread-safe; its monitor is
 * innermost.
 *
 * <p>It is lowered by each refusal, so that a step that has become faster is tried again, sooner or
 * later; and restored by a try that fails for want of time.
 */
final class StepEstimate {
  /** So many successes before anything is refused. */
  static final int FIRST = 16;

  /** How fast a short time is forgotten, by longer ones. */
  private static final int FORGETTING = 16;

  /** How much of the estimate a refusal takes away. */
  private static final int LOWERED = 16;

  private long shortest;
  private long believed;
  private int successes;

  synchronized void succeeded(long nanos) {
    shortest = successes == 0 ? nanos : Math.min(nanos, shortest + (nanos - shortest) / FORGETTING);
    believed = shortest;
    successes = Math.min(FIRST, successes + 1);
  }

  /** The step has failed, because its time was up. */
  synchronized void cutShort() {
    believed = shortest;
  }

  /**
   * Whether the step takes longer than {@code left}, in which case it is refused.
   *
   * @return how long it takes; 0 if there is time
   */
  synchronized long tooLong(long left) {
    if (successes < FIRST || believed <= left) {
      return 0;
    }
    believed -= believed / LOWERED;
    return shortest;
  }

  /** How long it takes at least; 0 if that is not known. */
  synchronized long believed() {
    return successes < FIRST ? 0 : believed;
  }
}
