package dev.belay.jdbc.client;

import dev.belay.CancellableContext;
import dev.belay.Context;
import dev.belay.ContextEndedException;
import java.lang.reflect.Method;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/** A statement that obeys its connection's context. */
final class ContextStatement extends Forwarding<Statement> {
  private final Connection proxyOfConnection;
  private final ContextConnection connection;
  private final @Nullable String sql;

  private ContextStatement(
      Connection proxyOfConnection,
      ContextConnection connection,
      Statement target,
      @Nullable String sql) {
    super(target);
    this.proxyOfConnection = proxyOfConnection;
    this.connection = connection;
    this.sql = sql;
  }

  static <S extends Statement> S wrap(
      Class<S> type,
      Connection proxyOfConnection,
      ContextConnection connection,
      Statement target,
      @Nullable String sql) {
    return proxy(type, new ContextStatement(proxyOfConnection, connection, target, sql));
  }

  @Override
  @Nullable Object handle(Object proxy, Method method, @Nullable Object @Nullable [] arguments)
      throws SQLException {
    return switch (method.getName()) {
      case "execute",
          "executeUpdate",
          "executeLargeUpdate",
          "executeBatch",
          "executeLargeBatch",
          "executeQuery",
          "getResultSet",
          "getGeneratedKeys",
          "getMoreResults" ->
          rows(proxy, inFlight("executing", text(arguments), () -> forward(method, arguments)));
      case "getConnection" -> proxyOfConnection;
      case "close" -> Shield.run(() -> forward(method, arguments), () -> {});
      default -> forward(method, arguments);
    };
  }

  private @Nullable String text(@Nullable Object @Nullable [] arguments) {
    return arguments != null && arguments[0] instanceof String text ? text : sql;
  }

  private @Nullable Object rows(Object proxy, @Nullable Object result) {
    return result instanceof ResultSet rows
        ? ContextResultSet.wrap((Statement) proxy, this, rows)
        : result;
  }

  Context ctx() {
    return connection.ctx();
  }

  /** Whether rows come from the server while they are read, not all at once. */
  boolean fetchesInSteps() throws SQLException {
    return target.getFetchSize() != 0;
  }

  /**
   * Makes one call of the driver that the end of the context, or an interrupt, cancels inside the
   * server. When it returns no cancel is under way that could hit the connection's next statement,
   * or the connection has been given up.
   */
  <T extends @Nullable Object> T inFlight(String phase, @Nullable String text, SqlCall<T> call)
      throws SQLException {
    var canceller = new StatementCanceller(connection, target);
    try (CancellableContext own = connection.ctx().withCancel()) {
      return own.call(
          canceller, c -> Shield.run(call, () -> own.cancel(new InterruptedException())));
    } catch (ContextEndedException e) {
      throw Failures.ended(e, phase, text);
    } finally {
      canceller.settle();
    }
  }
}
