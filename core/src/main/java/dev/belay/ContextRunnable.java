package dev.belay;

/**
 * Code that runs under a context and gives no result.
 *
 * @param <X> the checked exception it may throw
 */
@FunctionalInterface
public interface ContextRunnable<X extends Exception> {
  /**
   * Runs the code.
   *
   * @param ctx the context to run under; pass it on to everything that can wait
   */
  void run(Context ctx) throws X;
}
