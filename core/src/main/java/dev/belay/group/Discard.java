package dev.belay.group;

import dev.belay.Context;
import dev.belay.spi.ContextEvent;
import dev.belay.spi.ContextEvents;
import java.util.concurrent.Future.State;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of results that no caller gets: of forks that lost, or whose group failed. By
 * default a result that is {@link AutoCloseable} is closed.
 */
final class Discard<T extends @Nullable Object> {
  private final Context ctx;
  private final Consumer<? super T> closer;

  Discard(Context ctx, Consumer<? super T> closer) {
    this.ctx = ctx;
    this.closer = closer;
  }

  static <T extends @Nullable Object> Discard<T> closing(Context ctx) {
    return new Discard<>(ctx, Discard::close);
  }

  private static void close(@Nullable Object result) {
    if (result instanceof AutoCloseable resource) {
      try {
        resource.close();
      } catch (RuntimeException e) {
        throw e;
      } catch (Exception e) {
        throw new IllegalStateException("a discarded result could not be closed", e);
      }
    }
  }

  /** Discards the results of {@code forks} that no caller has got. */
  void untaken(Iterable<? extends ForkTask<? extends T>> forks) {
    for (ForkTask<? extends T> fork : forks) {
      if (!fork.taken && fork.state() == State.SUCCESS) {
        fork.taken = true;
        discard(fork.result());
      }
    }
  }

  private void discard(T result) {
    try {
      closer.accept(result);
    } catch (Throwable e) {
      ContextEvents.report(new ContextEvent.Uncaught(ctx, "closer", e));
    }
  }
}
