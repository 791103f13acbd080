package dev.belay;

/**
 * A context that its creator can end. Only the creator holds it; what it calls gets it as a plain
 * {@link Context}. The owner closes it, best by the one idiom:
 *
 * <pre>{@code
 * try (var ctx = parent.withTimeout(Duration.ofSeconds(2))) {
 *   …
 * }
 * }</pre>
 *
 * <p>Any thread may call anything at any time. Source: Go's {@code CancelFunc} and {@code
 * CancelCauseFunc}.
 */
public sealed interface CancellableContext extends Context, AutoCloseable permits CancelContext {

  /**
   * Ends this context and everything below it as {@link Status#CANCELLED}. Does nothing when it has
   * ended before. When any call returns, every live descendant answers {@link #isDone()}.
   */
  void cancel();

  /**
   * The same with a reason, which {@link #cause()} gives in the whole subtree as the identical
   * object.
   *
   * @throws NullPointerException if {@code cause} is null; call {@link #cancel()} instead
   */
  void cancel(Throwable cause);

  /**
   * Ends this context as {@link Status#CLOSED}: its work is finished. What still runs below it is
   * given the message "closed by its owner". Does nothing when it has ended before.
   */
  @Override
  void close();
}
