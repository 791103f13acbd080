package dev.belay;

import java.io.UncheckedIOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How to stop what a thread waits for: a statement's cancel, a stream's close. {@link
 * Context#call(Canceller, ContextCallable)} calls it when the context ends while the body runs. One
 * canceller serves one call at a time.
 */
@FunctionalInterface
public interface Canceller {
  /**
   * Asks the resource to stop. Runs on a thread of Belay's, so it may take long, and is repeated
   * with back-off until the body has returned, because a single cancel can get lost. Never runs
   * after {@code call} has returned, unless {@link #abandoned()} was called.
   *
   * @param attempt 0, 1, 2, …
   * @throws Exception whatever goes wrong; the next attempt follows all the same
   */
  void cancel(int attempt) throws Exception;

  /**
   * Whether {@code failure}, thrown by the body after a cancel was sent, was caused by that cancel.
   * If so the caller gets a {@link ContextEndedException} with the failure as its cause; if not,
   * the failure as it is. By default checked exceptions and {@link UncheckedIOException} are
   * explained, programming errors are not.
   */
  default boolean explains(Throwable failure) {
    return failure instanceof UncheckedIOException
        || (failure instanceof Exception && !(failure instanceof RuntimeException));
  }

  /**
   * How long the resource may take to stop once the first cancel was sent. Ten seconds by default.
   */
  default Duration patience() {
    return Duration.ofSeconds(10);
  }

  /**
   * Called once when the patience is over: to force the body to return by harder means, such as
   * closing the resource's connection. If the body has returned already, a cancel is still under
   * way and may hit the next user of the resource. In both cases the owner must not reuse the
   * resource. Called on a thread of Belay's, or on the caller's before {@code call} returns.
   */
  default void abandoned() {}

  /** The kind of resource, for events and messages: "PostgreSQL statement", "HTTP exchange". */
  default String resource() {
    return "a resource";
  }

  /**
   * What the resource works on, for the live tree: a statement with a question mark for each
   * literal, a URL without its query. Never a value of a user's. Null, the default, for nothing to
   * say.
   *
   * <p>Asked only when the tree is shown: by any thread, at any time while the body runs. Must
   * answer at once.
   */
  default @Nullable String subject() {
    return null;
  }

  /** Closes {@code resource}, once; its failures to close are ignored. */
  static Canceller closing(AutoCloseable resource) {
    return new ClosingCanceller(resource);
  }

  /**
   * Destroys {@code process} and all its descendants: asks them to end, and kills those that have
   * not after two seconds. Unlike a close of its streams this also ends a read of its output. A
   * child whose parent ends while it is just starting it cannot be found, and lives on.
   */
  static Canceller destroying(Process process) {
    return new DestroyingCanceller(process);
  }

  /**
   * Whether {@code failure} is what Java's blocking calls throw when their thread is interrupted.
   */
  static boolean isInterruption(Throwable failure) {
    return Interruption.explainsInterrupt(failure);
  }
}
