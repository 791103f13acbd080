package dev.belay;

/**
 * A reaction that waits for a context to end. Exactly one of these happens: the action runs once,
 * or one call of {@link #stop()} returns true.
 */
public interface Registration extends AutoCloseable {
  /**
   * Takes the reaction back. Never waits.
   *
   * @return true for the one call that kept the action from running; false when it runs, has run,
   *     or was stopped before
   */
  boolean stop();

  /**
   * Takes the reaction back or, when it runs already, waits until it has returned. From within the
   * action itself it returns at once. An interrupt does not end the wait; it is kept.
   */
  @Override
  void close();
}
