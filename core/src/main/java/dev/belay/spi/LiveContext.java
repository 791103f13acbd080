package dev.belay.spi;

import dev.belay.Context;
import dev.belay.kernel.Kernel;
import org.jspecify.annotations.Nullable;

/**
 * A context that has not ended, as {@link TreeInspector} saw it.
 *
 * @param context the context; it cannot be cancelled through this view
 * @param depth how many contexts lie between it and the inspected one
 * @param reactions how many registrations, waiters and running calls watch it
 * @param site where it was made, if its root records that
 */
public record LiveContext(Context context, int depth, int reactions, @Nullable Throwable site) {

  /** The line of code that made it: the first of {@link #site} that is not Belay's. */
  public @Nullable StackTraceElement place() {
    return site == null ? null : Kernel.get().place(site);
  }
}
