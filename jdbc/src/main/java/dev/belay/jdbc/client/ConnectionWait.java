package dev.belay.jdbc.client;

import dev.belay.Context;
import dev.belay.ContextEndedException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * Waits for a connection until the context ends. The pool is asked on a thread of its own, because
 * none has a limit per call and an interrupt can break a connection that is being made; a
 * connection that arrives late goes straight back.
 */
final class ConnectionWait {
  private ConnectionWait() {}

  static Connection await(Context ctx, SqlCall<Connection> source) throws SQLException {
    try {
      ctx.throwIfDone();
    } catch (ContextEndedException e) {
      throw Failures.ended(e, "waiting for a connection", null);
    }
    var arriving = new CompletableFuture<Connection>();
    Thread.ofVirtual().name("belay-connection").start(() -> fetch(source, arriving));
    try {
      return ctx.await(arriving);
    } catch (ContextEndedException e) {
      giveBack(arriving, e);
      throw Failures.ended(e, "waiting for a connection", null);
    } catch (InterruptedException e) {
      giveBack(arriving, e);
      Thread.currentThread().interrupt();
      throw new SQLException("interrupted while waiting for a connection", e);
    } catch (ExecutionException e) {
      throw Failures.rethrown(e.getCause());
    }
  }

  private static void fetch(SqlCall<Connection> source, CompletableFuture<Connection> arriving) {
    try {
      Connection connection = source.call();
      if (!arriving.complete(connection)) {
        connection.close();
      }
    } catch (SQLException | RuntimeException | Error e) {
      arriving.completeExceptionally(e);
    }
  }

  private static void giveBack(CompletableFuture<Connection> arriving, Exception why)
      throws SQLException {
    if (!arriving.completeExceptionally(why) && !arriving.isCompletedExceptionally()) {
      arriving.join().close();
    }
  }
}
