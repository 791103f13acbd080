package dev.belay.spi;

import dev.belay.Context;
import org.jspecify.annotations.Nullable;

/**
 * Binds a context to the calling thread for bridges whose host opens and closes a scope by two
 * callbacks. Everyday code uses {@link Context#call} instead, which cannot be left open.
 */
public final class Ambient {
  private Ambient() {}

  /**
   * Makes {@code ctx} the thread's {@link Context#current()}.
   *
   * @return what was bound before; give it back to {@link #detach} on the same thread
   */
  public static @Nullable Object attach(Context ctx) {
    return Kernel.get().attach(ctx);
  }

  /**
   * Binds again what was bound before {@link #attach}.
   *
   * @param token what {@code attach} returned
   * @throws IllegalArgumentException if it is anything else
   */
  public static void detach(@Nullable Object token) {
    Kernel.get().detach(token);
  }
}
