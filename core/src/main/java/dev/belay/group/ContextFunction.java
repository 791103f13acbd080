package dev.belay.group;

import dev.belay.Context;
import org.jspecify.annotations.Nullable;

/**
 * What {@link TaskGroup#map} does with each item, under a context of its own.
 *
 * @param <T> the item
 * @param <R> the result
 * @param <X> the checked exception it may throw
 */
@FunctionalInterface
public interface ContextFunction<
    T extends @Nullable Object, R extends @Nullable Object, X extends Exception> {
  /**
   * Makes a result of {@code item}.
   *
   * @param ctx the context to run under; pass it on to everything that can wait
   */
  R apply(Context ctx, T item) throws X;
}
