package dev.belay.jdbc;

import dev.belay.Context;
import java.sql.SQLException;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the caller's interrupts away from the driver. Where one would do harm, the call runs on a
 * thread of its own and the caller waits for it. Where it would do nothing, the call stays where it
 * is, and {@link InterruptWatch} looks for the flag where that matters.
 */
final class Shield {
  private Shield() {}

  /** Where a call of the driver runs. */
  enum Place {
    CALLER,
    VIRTUAL_THREAD,
    PLATFORM_THREAD;

    /**
     * For what waits for a socket: an interrupt of a virtual thread closes it, burns the pooled
     * connection and leaves the query running in the server.
     */
    static Place ofSocket() {
      return Thread.currentThread().isVirtual() ? VIRTUAL_THREAD : CALLER;
    }

    /** For what works instead of waiting: on a virtual thread it keeps the others from running. */
    static Place ofWork() {
      return Thread.currentThread().isVirtual() ? PLATFORM_THREAD : CALLER;
    }
  }

  /** Runs {@code call} to its end, whatever happens; interrupts are kept for afterwards. */
  static <T extends @Nullable Object> T run(Place place, Context ctx, SqlCall<T> call)
      throws SQLException {
    return place == Place.CALLER ? call.call() : elsewhere(place, ctx, call, () -> {});
  }

  /**
   * Runs {@code call} to its end.
   *
   * @param ctx what the call runs under
   * @param onInterrupt asks the call to end early; runs once after the first interrupt. The flag is
   *     set when this returns.
   */
  static <T extends @Nullable Object> T run(
      Place place, Context ctx, SqlCall<T> call, Runnable onInterrupt) throws SQLException {
    return place == Place.CALLER
        ? InterruptWatch.during(call, onInterrupt)
        : elsewhere(place, ctx, call, onInterrupt);
  }

  private static <T extends @Nullable Object> T elsewhere(
      Place place, Context ctx, SqlCall<T> call, Runnable onInterrupt) throws SQLException {
    var outcome = new Outcome<T>(call);
    Thread.Builder threads =
        place == Place.VIRTUAL_THREAD ? Thread.ofVirtual() : Thread.ofPlatform().daemon();
    threads.name("belay-jdbc").start(ctx.wrap(outcome));
    boolean interrupted = false;
    while (true) {
      try {
        outcome.returned.await();
        break;
      } catch (InterruptedException e) {
        if (!interrupted) {
          interrupted = true;
          onInterrupt.run();
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return outcome.result();
  }

  /** What a call has come to, written before {@link #returned} opens. */
  private static final class Outcome<T extends @Nullable Object> implements Runnable {
    final CountDownLatch returned = new CountDownLatch(1);
    private final SqlCall<T> call;
    private @Nullable Throwable failure;
    private @Nullable T result;

    Outcome(SqlCall<T> call) {
      this.call = call;
    }

    @Override
    public void run() {
      try {
        result = call.call();
      } catch (Throwable e) {
        failure = e;
      } finally {
        returned.countDown();
      }
    }

    @SuppressWarnings("NullAway") // the result is a T once the call has returned without a failure
    T result() throws SQLException {
      if (failure != null) {
        throw Failures.rethrown(failure);
      }
      return result;
    }
  }
}
