package dev.belay.spi;

import dev.belay.Context;
import dev.belay.kernel.Kernel;
import java.util.Map;

/** What a log line, a span or a page may show of a context. */
public final class Loggable {
  private Loggable() {}

  /**
   * The values of {@code ctx} whose keys are loggable: the names of the keys, in their order, and
   * the values as the keys show them, bounded and escaped. Of two keys with one name it has either.
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
