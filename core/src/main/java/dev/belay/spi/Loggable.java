package dev.belay.spi;

import dev.belay.Context;
import dev.belay.kernel.Kernel;
import java.util.Map;

/**
 * What a log line, a span or a page may show of a context. Whether a value is shown is decided by
 * its key, by {@link dev.belay.ContextKey#loggable}; names and values are cut and escaped alike.
 */
public final class Loggable {
  private Loggable() {}

  /**
   * The values of {@code ctx} whose keys are loggable: the names of the keys, in their order, and
   * the values as the keys show them, bounded and escaped. If two keys have the same name, one of
   * them is shown.
   *
   * @return a map of the caller's own
   */
  public static Map<String, String> values(Context ctx) {
    return Kernel.get().loggable(ctx);
  }

  /** The names from the root down to {@code ctx}, as {@code server/GET /orders/charge}. */
  public static String path(Context ctx) {
    return Kernel.get().path(ctx);
  }
}
