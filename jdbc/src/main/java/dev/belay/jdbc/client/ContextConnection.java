package dev.belay.jdbc.client;

import dev.belay.Context;
import dev.belay.ContextEndedException;
import java.lang.reflect.Method;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A connection that obeys a context. Belongs to one thread at a time, as JDBC has it. */
final class ContextConnection extends Forwarding<Connection> {
  /** How long a rollback may take before the connection is given up. */
  private static final Duration ROLLBACK_LIMIT = Duration.ofSeconds(5);

  private final Context ctx;
  private final ServerCancel serverCancel;
  private final Eviction eviction;
  private boolean inTransaction;
  private volatile boolean evicted;
  private boolean closed;

  private ContextConnection(
      Context ctx, Connection target, ServerCancel serverCancel, Eviction eviction) {
    super(target);
    this.ctx = ctx;
    this.serverCancel = serverCancel;
    this.eviction = eviction;
  }

  static Connection wrap(
      Context ctx, Connection target, ServerCancel serverCancel, Eviction eviction)
      throws SQLException {
    var connection = new ContextConnection(ctx, target, serverCancel, eviction);
    connection.inTransaction = !target.getAutoCommit();
    return proxy(Connection.class, connection);
  }

  Context ctx() {
    return ctx;
  }

  ServerCancel serverCancel() {
    return serverCancel;
  }

  /** Gives the connection up: nobody may use it after this borrower. */
  void evict() {
    if (!evicted) {
      evicted = true;
      eviction.evict(target);
    }
  }

  @Override
  @Nullable Object handle(Object proxy, Method method, @Nullable Object @Nullable [] arguments)
      throws SQLException {
    return switch (method.getName()) {
      case "createStatement" ->
          ContextStatement.wrap(
              Statement.class, (Connection) proxy, this, made(method, arguments), null);
      case "prepareStatement" ->
          ContextStatement.wrap(
              PreparedStatement.class,
              (Connection) proxy,
              this,
              made(method, arguments),
              sql(arguments));
      case "prepareCall" ->
          ContextStatement.wrap(
              CallableStatement.class,
              (Connection) proxy,
              this,
              made(method, arguments),
              sql(arguments));
      case "setAutoCommit" -> {
        Object result = uninterrupted(method, arguments);
        inTransaction = !target.getAutoCommit();
        yield result;
      }
      case "commit" -> commit(method, arguments);
      case "rollback" -> rollback(method, arguments);
      case "close" -> close(method, arguments);
      case "isClosed" -> closed || Boolean.TRUE.equals(forward(method, arguments));
      default -> forward(method, arguments);
    };
  }

  private Statement made(Method method, @Nullable Object @Nullable [] arguments)
      throws SQLException {
    requireActive("preparing a statement");
    if (forward(method, arguments) instanceof Statement statement) {
      return statement;
    }
    throw new SQLException("the driver made no statement");
  }

  private static @Nullable String sql(@Nullable Object @Nullable [] arguments) {
    return arguments != null && arguments[0] instanceof String sql ? sql : null;
  }

  private void requireActive(String phase) throws SQLException {
    try {
      ctx.throwIfDone();
    } catch (ContextEndedException e) {
      throw Failures.ended(e, phase, null);
    }
  }

  private @Nullable Object uninterrupted(Method method, @Nullable Object @Nullable [] arguments)
      throws SQLException {
    return Shield.run(() -> forward(method, arguments), () -> {});
  }

  /**
   * A transaction is doomed once its context has ended: after a cancelled statement drivers commit
   * the earlier half, or nothing without saying so. Once sent, a commit is never cancelled, because
   * then nobody could say whether it happened.
   */
  private @Nullable Object commit(Method method, @Nullable Object @Nullable [] arguments)
      throws SQLException {
    try {
      requireActive("committing; nothing was committed");
    } catch (SQLException e) {
      try {
        undo();
      } catch (SQLException rollback) {
        e.addSuppressed(rollback);
      }
      throw e;
    }
    return uninterrupted(method, arguments);
  }

  private @Nullable Object rollback(Method method, @Nullable Object @Nullable [] arguments)
      throws SQLException {
    return bounded(() -> uninterrupted(method, arguments));
  }

  private void undo() throws SQLException {
    bounded(
        () ->
            Shield.<@Nullable Object>run(
                () -> {
                  target.rollback();
                  return null;
                },
                () -> {}));
  }

  /** Runs without the context, within a limit of its own; past it the connection is given up. */
  private @Nullable Object bounded(SqlCall<@Nullable Object> call) throws SQLException {
    if (evicted) {
      return null; // the server rolls back what a broken connection had begun
    }
    try {
      return ctx.shielded(
          ROLLBACK_LIMIT,
          own -> own.<@Nullable Object, SQLException>call(attempt -> evict(), c -> call.call()));
    } catch (ContextEndedException e) {
      throw Failures.ended(e, "rolling back; the connection was given up", null);
    } catch (SQLException e) {
      evict();
      throw e;
    }
  }

  private @Nullable Object close(Method method, @Nullable Object @Nullable [] arguments)
      throws SQLException {
    if (closed) {
      return null;
    }
    closed = true;
    try {
      if (inTransaction && !evicted && !target.isClosed()) {
        undo(); // before the pool's own, which an interrupt would break
      }
    } catch (SQLException e) {
      evict();
    }
    try {
      return uninterrupted(method, arguments);
    } catch (SQLException e) {
      if (evicted) {
        return null; // an aborted connection cannot close tidily
      }
      throw e;
    }
  }
}
