package dev.belay;

/**
 * A reaction that waits for a context to end. Exactly one of these happens: the action runs once,
 * or one call of {@link #stop()} returns true.
 */
public interface Registration extends AutoCloseable {
  /**
   * Takes the reaction back. Never waits. An action that waits in its executor, because its context
   * has ended, is taken back too: the executor may have dropped it.
   *
   * @return true for the one call that kept the action from running; false when it runs, has run,
   *     or was stopped before
   */
  boolean stop();

  /**
   * Takes the reaction back as {@link #stop()} does or, when it runs already, waits until it has
   * returned. From within the action itself it returns at once. An interrupt does not end the wait;
   * it is kept.
   */
  @Override
  void close();
}
