package dev.belay.spi;

import dev.belay.CancellableContext;
import dev.belay.Context;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The door from this package to core's own classes. Core alone implements it; use {@link Ambient},
 * {@link Roots} and {@link TreeInspector}.
 */
public abstract class Kernel {
  private static @Nullable Kernel instance;

  /** For core alone. */
  protected Kernel() {
    synchronized (Kernel.class) {
      if (instance != null) {
        throw new IllegalStateException("core alone implements Kernel");
      }
      instance = this;
    }
  }

  static synchronized Kernel get() {
    if (instance == null) {
      try {
        Class.forName("dev.belay.CoreKernel");
      } catch (ClassNotFoundException e) {
        throw new LinkageError("belay-core is incomplete", e);
      }
    }
    return Objects.requireNonNull(instance, "belay-core did not register its kernel");
  }

  /** See {@link Ambient#attach}. */
  protected abstract @Nullable Object attach(Context ctx);

  /** See {@link Ambient#detach}. */
  protected abstract void detach(@Nullable Object token);

  /** See {@link Roots#open}. */
  protected abstract CancellableContext root(String name, TimeSource time, boolean recordSites);

  /** See {@link TreeInspector#live}. */
  protected abstract List<LiveContext> live(Context ctx);
}
