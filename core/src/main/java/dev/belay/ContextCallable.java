package dev.belay;

import org.jspecify.annotations.Nullable;

/**
 * Code that runs under a context and gives a result.
 *
 * @param <T> the result
 * @param <X> the checked exception it may throw
 */
@FunctionalInterface
public interface ContextCallable<T extends @Nullable Object, X extends Exception> {
  /**
   * Runs the code.
   *
   * @param ctx the context to run under; pass it on to everything that can wait
   */
  T call(Context ctx) throws X;
}
