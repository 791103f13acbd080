package dev.belay.jdbc;

import dev.belay.Context;
import dev.belay.spi.Ambient;
import dev.belay.spi.HelperThread;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A call of the driver on a thread of its own, for a caller whose interrupts would harm the driver,
 * or that must be released from a driver that does not return.
 */
final class HelperCall<T extends @Nullable Object> {
  private final CompletableFuture<T> outcome = new CompletableFuture<>();
  private final Thread thread;

  private HelperCall(String name, Place place, Context ctx, SqlCallable<T> call) {
    Runnable task = () -> run(ctx, call);
    thread =
        place == Place.PLATFORM_THREAD
            ? HelperThread.startPlatform(name, task)
            : HelperThread.start(name, task);
  }

  /** Starts {@code call} under {@code ctx}, on the kind of thread that {@code place} names. */
  static <T extends @Nullable Object> HelperCall<T> start(
      Place place, Context ctx, SqlCallable<T> call) {
    return new HelperCall<>("belay-jdbc", place, ctx, call);
  }

  /** The same on a virtual thread, for the wait for a connection. */
  static <T extends @Nullable Object> HelperCall<T> waiting(Context ctx, SqlCallable<T> call) {
    return new HelperCall<>("belay-connection", Place.VIRTUAL_THREAD, ctx, call);
  }

  private void run(Context ctx, SqlCallable<T> call) {
    Object before = Ambient.bind(ctx);
    try {
      outcome.complete(call.call());
    } catch (Throwable e) {
      outcome.completeExceptionally(e);
    } finally {
      Ambient.restore(before);
    }
  }

  /**
   * Waits for the call's result, however long that takes; interrupts are kept for afterwards.
   *
   * @param onInterrupt asks the call to end early; runs once, after the first interrupt
   */
  T await(Runnable onInterrupt) throws SQLException {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return outcome.get();
        } catch (InterruptedException e) {
          if (!interrupted) {
            interrupted = true;
            onInterrupt.run();
          }
        }
      }
    } catch (ExecutionException e) {
      throw Failures.rethrown(e.getCause());
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /**
   * Waits for the call's result until {@code ctx} ends.
   *
   * @param late gets what the call returns when nothing waits for it any more
   * @throws dev.belay.ContextEndedException if that came first
   */
  T await(Context ctx, Consumer<T> late) throws SQLException, InterruptedException {
    boolean here = false;
    try {
      T result = ctx.await(outcome);
      here = true;
      return result;
    } catch (ExecutionException e) {
      here = true;
      throw Failures.rethrown(e.getCause());
    } finally {
      if (!here) {
        var unused = outcome.thenAccept(late);
      }
    }
  }

  void interrupt() {
    thread.interrupt();
  }

  /** Lets the waiting caller go, with an exception; the call may still run. */
  void release() {
    outcome.completeExceptionally(
        new SQLException("the driver did not return after its connection was broken", "08006"));
  }
}
