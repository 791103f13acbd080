package dev.belay.spi;

import dev.belay.Context;
import dev.belay.kernel.Kernel;
import dev.belay.kernel.Require;
import org.jspecify.annotations.Nullable;

/**
 * Binds a context to the calling thread for bridges whose host opens and closes a scope by two
 * callbacks. Everyday code uses {@link Context#call} instead, which cannot be left open.
 */
public final class Ambient {
  private Ambient() {}

  /** What was bound before; a type of our own, so that a wrong token is refused. */
  private record Token(@Nullable Context before) {}

  /**
   * Makes {@code ctx} the thread's {@link Context#current()}.
   *
   * @return what was bound before; give it to {@link #restore} on the same thread
   */
  public static Object bind(Context ctx) {
    if (ctx == null) {
      throw new NullPointerException("context is null: use set(null) to bind nothing");
    }
    return new Token(Kernel.get().swap(ctx));
  }

  /**
   * Binds again what was bound before {@link #bind}.
   *
   * @param token what {@code bind} returned
   * @throws IllegalArgumentException if it is anything else
   */
  public static void restore(@Nullable Object token) {
    if (!(token instanceof Token(Context before))) {
      throw new IllegalArgumentException("not what bind returned: " + token);
    }
    Kernel.get().swap(before);
  }

  /**
   * Makes {@code ctx} the thread's {@link Context#current()}: for hosts that hold a value for each
   * thread, and no token.
   *
   * @param ctx null for nothing: {@code current()} is the background then
   * @return what was bound before; null for nothing
   */
  public static @Nullable Context set(@Nullable Context ctx) {
    Context before = Kernel.get().swap(ctx);
    return before == null ? null : Kernel.get().view(before);
  }

  /**
   * The context that a resource opened under {@code ctx} obeys on this thread: that of the
   * innermost {@link Context#callShielded} begun after {@code ctx} was made, otherwise {@code ctx}
   * itself. So a clean-up can use a connection that was opened before it when {@code ctx} has
   * ended.
   *
   * <p>Source: R24.
   */
  public static Context obeyed(Context ctx) {
    return Kernel.get().obeyed(Require.context(ctx));
  }
}
