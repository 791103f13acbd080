package dev.belay.micrometer;

import dev.belay.Context;
import dev.belay.spi.Ambient;
import io.micrometer.context.ThreadLocalAccessor;
import org.jspecify.annotations.Nullable;

/**
 * {@link Context#current()} as one of the thread-locals that Micrometer's context propagation
 * captures and restores. Its registry finds it by {@link java.util.ServiceLoader}.
 *
 * <p>Only the context is propagated; what waits on the other thread does not end with it unless it
 * asks the context.
 */
public final class CurrentContext implements ThreadLocalAccessor<Context> {
  /** Under which snapshots have the context. */
  public static final Object KEY = "dev.belay.context";

  /** For the {@code ServiceLoader}. */
  public CurrentContext() {}

  @Override
  public Object key() {
    return KEY;
  }

  /** Null where none is bound, so that nothing is captured there. */
  @Override
  public @Nullable Context getValue() {
    Context current = Context.current();
    return current.equals(Context.background()) ? null : current;
  }

  @Override
  public void setValue(Context value) {
    Ambient.set(value);
  }

  @Override
  public void setValue() {
    Ambient.set(null);
  }
}
