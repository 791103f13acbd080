package dev.belay.jdbc;

import dev.belay.Context;
import dev.belay.ContextEndedException;
import java.sql.Connection;
import java.sql.SQLException;

/**
 * Waits for a connection until the context ends. No pool has a limit per call, but most let go of
 * an interrupted waiter.
 */
final class ConnectionWait {
  private static final String PHASE = "waiting for a connection";

  private ConnectionWait() {}

  /**
   * Gets a connection from {@code source}.
   *
   * @param onHelper whether a helper thread is to ask for it
   */
  static Connection await(Context ctx, boolean onHelper, SqlCallable<Connection> source)
      throws SQLException {
    try {
      return onHelper ? onHelper(ctx, source) : ctx.callInterruptibly(c -> source.call());
    } catch (ContextEndedException e) {
      throw Failures.ended(e, PHASE, null);
    }
  }

  private static Connection onHelper(Context ctx, SqlCallable<Connection> source)
      throws SQLException {
    ctx.throwIfDone();
    try {
      return HelperCall.waiting(ctx, source).await(ctx, ConnectionWait::closeQuietly);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Failures.interrupted(PHASE, null, null);
    }
  }

  private static void closeQuietly(Connection late) {
    try {
      late.close();
    } catch (SQLException e) {
      // The pool knows, and nothing waits for this connection.
    }
  }
}
