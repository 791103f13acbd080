package dev.belay.spi;

import dev.belay.CheckReturnValue;
import dev.belay.Context;
import dev.belay.kernel.Kernel;

/**
 * The values that travel with work which outlives its caller: those whose keys say so, by {@link
 * dev.belay.ContextKey#travelling}. A request to another service has its headers. Any thread may
 * call anything.
 */
public final class Travelling {
  private Travelling() {}

  /** {@code to} with the values of {@code from} that travel. */
  @CheckReturnValue
  public static Context copy(Context from, Context to) {
    return Kernel.get().travelled(from, to);
  }
}
