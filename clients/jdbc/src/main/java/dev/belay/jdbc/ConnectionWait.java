package dev.belay.jdbc;

import dev.belay.Context;
import dev.belay.ContextEndedException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

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
   * @param elsewhere whether another thread is to ask for this one
   */
  static Connection await(Context ctx, boolean elsewhere, SqlCall<Connection> source)
      throws SQLException {
    try {
      return elsewhere ? elsewhere(ctx, source) : ctx.callInterruptibly(c -> source.call());
    } catch (ContextEndedException e) {
      throw Failures.ended(e, PHASE, null);
    }
  }

  private static Connection elsewhere(Context ctx, SqlCall<Connection> source) throws SQLException {
    ctx.throwIfDone();
    var arriving = new CompletableFuture<Connection>();
    Thread.ofVirtual().name("belay-connection").start(ctx.wrap(() -> fetch(source, arriving)));
    try {
      return ctx.await(arriving);
    } catch (ExecutionException e) {
      throw Failures.rethrown(e.getCause());
    } catch (ContextEndedException e) {
      giveBack(arriving);
      throw e;
    } catch (InterruptedException e) {
      giveBack(arriving);
      Thread.currentThread().interrupt();
      throw Failures.interrupted(PHASE, null, null);
    }
  }

  private static void fetch(SqlCall<Connection> source, CompletableFuture<Connection> arriving) {
    try {
      arriving.complete(source.call());
    } catch (Throwable e) {
      arriving.completeExceptionally(e);
    }
  }

  /** Sees to it that a connection goes back at once, whenever it arrives. */
  private static void giveBack(CompletableFuture<Connection> arriving) {
    var unused = arriving.thenAccept(ConnectionWait::closeQuietly);
  }

  private static void closeQuietly(Connection late) {
    try {
      late.close();
    } catch (SQLException e) {
      // The pool knows, and nobody waits for this connection.
    }
  }
}
