package dev.belay.jdbc.client;

import java.sql.SQLException;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * Keeps interrupts of a virtual thread away from the driver: there an interrupt closes the socket,
 * burns the pooled connection and leaves the query running in the server. The call runs on a thread
 * of its own; the caller waits, and its interrupt becomes a request. A platform thread needs none
 * of this: an interrupt does not touch its sockets.
 */
final class Shield {
  private Shield() {}

  /**
   * Runs {@code call} to its end.
   *
   * @param onInterrupt asks the call to end early; runs once on the first interrupt. The flag is
   *     set again when this returns.
   */
  static <T extends @Nullable Object> T run(SqlCall<T> call, Runnable onInterrupt)
      throws SQLException {
    if (!Thread.currentThread().isVirtual()) {
      return call.call();
    }
    var outcome = new Outcome<T>(call);
    Thread.ofVirtual().name("belay-jdbc").start(outcome);
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
