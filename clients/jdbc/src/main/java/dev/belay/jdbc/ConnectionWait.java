package dev.belay.jdbc;

import dev.belay.Context;
import dev.belay.ContextEndedException;
import dev.belay.spi.ContextEvent;
import dev.belay.spi.ContextEvents;
import dev.belay.spi.Permits;
import dev.belay.spi.Permits.Permit;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Waits for a connection until the context ends: first for a permit, in the order of R41, and then
 * for the pool. No pool has a limit per call, but most let go of an interrupted waiter.
 */
final class ConnectionWait {
  private static final String PHASE = "waiting for a connection";

  private final Permit permit;
  private final SqlCallable<Connection> source;

  /** Whether it is decided if the source is asked, or the permit returned without that. */
  private final AtomicBoolean decided = new AtomicBoolean();

  private ConnectionWait(Permit permit, SqlCallable<Connection> source) {
    this.permit = permit;
    this.source = source;
  }

  /**
   * Gets a connection from {@code source}.
   *
   * @param permits those of {@code pool}
   * @param patience how long a helper thread may go on after the end
   */
  static Lent await(
      Context ctx, Pool pool, Permits permits, Duration patience, SqlCallable<Connection> source)
      throws SQLException {
    try {
      var wait = new ConnectionWait(permit(ctx, pool.timeout(), permits), source);
      try {
        return pool.usesHelperThread()
            ? HelperCall.waiting(ctx, () -> wait.lendOnHelper(ctx, patience))
                .await(ctx, ConnectionWait::closeQuietly)
            : ctx.callInterruptibly(c -> wait.lend());
      } finally {
        wait.leave();
      }
    } catch (ContextEndedException e) {
      throw Failures.ended(e, PHASE, null);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Failures.interrupted(PHASE, null, null);
    }
  }

  private static Permit permit(Context ctx, Duration timeout, Permits permits)
      throws SQLException, InterruptedException {
    Permit permit = permits.acquire(ctx, timeout);
    if (permit == null) {
      String reason = "no connection within %d ms: %s".formatted(timeout.toMillis(), permits);
      ContextEvents.report(new ContextEvent.Refused(ctx, "a connection", reason));
      throw new SQLTransientConnectionException(reason);
    }
    return permit;
  }

  @SuppressWarnings("try") // the last resort is there to be closed
  private Lent lendOnHelper(Context ctx, Duration patience) throws SQLException {
    try (var lastResort = new LastResort(ctx, patience)) {
      ctx.throwIfDone();
      return lend();
    }
  }

  private Lent lend() throws SQLException {
    if (!decided.compareAndSet(false, true)) {
      throw new SQLException("the call that waited has left");
    }
    Connection connection = null;
    try {
      connection = source.call();
      return new Lent(connection, permit);
    } finally {
      if (connection == null) {
        permit.close();
      }
    }
  }

  /** The call returns: with a connection, or before the source was asked, or leaving it to that. */
  private void leave() {
    if (decided.compareAndSet(false, true)) {
      permit.close();
    }
  }

  private static void closeQuietly(Lent late) {
    try {
      late.close();
    } catch (SQLException e) {
      // The pool knows, and nothing waits for this connection.
    }
  }
}
