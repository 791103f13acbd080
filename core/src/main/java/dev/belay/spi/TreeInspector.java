package dev.belay.spi;

import dev.belay.Context;
import dev.belay.kernel.Kernel;
import java.util.List;

/** Looks at the live tree. */
public final class TreeInspector {
  private TreeInspector() {}

  /**
   * The contexts below {@code ctx} that have not ended, parent before child: all of them below a
   * tracked root; elsewhere those that are observed or derived from. A snapshot that is not atomic:
   * what begins or ends meanwhile may be in it or not.
   */
  public static List<LiveContext> live(Context ctx) {
    return Kernel.get().live(ctx);
  }

  /**
   * Whether {@link #live} finds all contexts below {@code ctx}: it derives from a tracked root, and
   * can end.
   */
  public static boolean isTracked(Context ctx) {
    return Kernel.get().isTracked(ctx);
  }

  /** Whether {@code ctx} is {@code root} or derives from it, ended or not. Walks up from it. */
  public static boolean isBelow(Context ctx, Context root) {
    return Kernel.get().isBelow(ctx, root);
  }
}
