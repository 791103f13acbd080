package dev.belay.spi;

import dev.belay.CheckReturnValue;
import dev.belay.Context;
import dev.belay.kernel.Kernel;
import java.util.Map;

/**
 * The values that travel with work which outlives its caller: those whose keys say so, by {@link
 * dev.belay.ContextKey#travelling}. For queues and brokers; a request to another service has its
 * headers. Any thread may call anything.
 */
public final class Travelling {
  private Travelling() {}

  /** {@code to} with the values of {@code from} that travel. */
  @CheckReturnValue
  public static Context copy(Context from, Context to) {
    return Kernel.get().travelled(from, to);
  }

  /**
   * The texts of the values that travel, by the names of their keys. If two keys have the same
   * name, one of them is there.
   *
   * @return a map of the caller's own
   * @throws RuntimeException what a codec throws
   */
  public static Map<String, String> texts(Context ctx) {
    return Kernel.get().travelling(ctx);
  }
}
