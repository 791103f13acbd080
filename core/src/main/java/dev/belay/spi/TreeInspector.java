package dev.belay.spi;

import dev.belay.Context;
import dev.belay.kernel.Kernel;
import dev.belay.kernel.Require;
import java.util.ArrayList;
import java.util.List;

/**
 * Looks at the live tree: at contexts that have not ended, below a tracked root at all, elsewhere
 * at those that are observed or derived from. What it finds is not atomic: what begins or ends
 * meanwhile may be in it or not. It stops no other thread for longer than it takes to copy what
 * hangs in one part of one context. Any thread may call anything.
 */
public final class TreeInspector {
  private TreeInspector() {}

  /**
   * The contexts with none above them that could end: those of {@link Context#root}, and what is
   * derived from the background and has itself been derived from or observed more than once. They
   * are known weakly: one that was dropped is collected.
   */
  public static List<Context> roots() {
    return Kernel.get().roots();
  }

  /** Shows {@code visitor} every live context of the program: each root, then what is below it. */
  public static void walk(LiveVisitor visitor) {
    Kernel.get().walk(null, Require.argument(visitor, "visitor", "pass what is to look"));
  }

  /**
   * Shows {@code visitor} what can end of {@code ctx}, itself or the nearest above, and then every
   * live context below.
   */
  public static void walk(Context ctx, LiveVisitor visitor) {
    Kernel.get()
        .walk(Require.context(ctx), Require.argument(visitor, "visitor", "pass what is to look"));
  }

  /** The live contexts below {@code ctx}, parent before child. */
  public static List<LiveContext> live(Context ctx) {
    var found = new ArrayList<LiveContext>();
    walk(ctx, live -> live.depth() == 0 || found.add(live));
    return found;
  }

  /**
   * The lines of code at which contexts were made that were then dropped without a close: all that
   * were reported since the program began ({@link ContextEvent.ForgottenClose}), in no order.
   */
  public static List<String> forgottenCloses() {
    return Kernel.get().forgottenCloses();
  }

  /**
   * The {@link LiveContext#id} of what can end of {@code ctx}: itself or the nearest above; 0 if
   * there is none. Also of one that has ended.
   */
  public static long id(Context ctx) {
    return Kernel.get().id(ctx);
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
