package dev.belay.jdbc.client;

import dev.belay.Context;
import java.sql.SQLException;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the caller's interrupts away from the driver. On a virtual thread an interrupt closes the
 * socket, burns the pooled connection and leaves the query running in the server: there the call
 * runs on a thread of its own and the caller waits for it. On a platform thread an interrupt does
 * nothing to a socket, so the call stays where it is, and {@link InterruptWatch} looks for the flag
 * where that matters.
 */
final class Shield {
  private Shield() {}

  /** Runs {@code call} to its end, whatever happens; interrupts are kept for afterwards. */
  static <T extends @Nullable Object> T run(Context ctx, SqlCall<T> call) throws SQLException {
    return Thread.currentThread().isVirtual() ? elsewhere(ctx, call, () -> {}) : call.call();
  }

  /**
   * Runs {@code call} to its end.
   *
   * @param ctx what the call runs under
   * @param onInterrupt asks the call to end early; runs once after the first interrupt. The flag is
   *     set when this returns.
   */
  static <T extends @Nullable Object> T run(Context ctx, SqlCall<T> call, Runnable onInterrupt)
      throws SQLException {
    return Thread.currentThread().isVirtual()
        ? elsewhere(ctx, call, onInterrupt)
        : InterruptWatch.during(call, onInterrupt);
  }

  private static <T extends @Nullable Object> T elsewhere(
      Context ctx, SqlCall<T> call, Runnable onInterrupt) throws SQLException {
    var outcome = new Outcome<T>(call);
    Thread.ofVirtual().name("belay-jdbc").start(ctx.wrap(outcome));
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
