package dev.belay.jdbc;

import dev.belay.jdbc.StatementText.Effect;
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
      case "execute", "executeUpdate", "executeLargeUpdate", "executeQuery" ->
          rows(proxy, execute(method, arguments));
      case "executeBatch", "executeLargeBatch" ->
          connection.transaction().batch(target, sql, () -> forward(method, arguments));
      case "getMoreResults" -> rows(proxy, inFlight("executing", method, arguments));
      case "getMetaData", "getParameterMetaData" -> inFlight("describing", method, arguments);
      case "getResultSet", "getGeneratedKeys" -> rows(proxy, forward(method, arguments));
      case "getConnection" -> proxyOfConnection;
      case "close" -> {
        connection.openRows().leave(target);
        yield connection.closing(() -> forward(method, arguments));
      }
      default -> forward(method, arguments);
    };
  }

  private @Nullable Object execute(Method method, @Nullable Object @Nullable [] arguments)
      throws SQLException {
    String text = text(arguments);
    connection.openRows().leave(target); // which this closes
    SqlCall<@Nullable Object> call = () -> forward(method, arguments);
    return switch (text == null ? Effect.OTHER : StatementText.effect(text)) {
      case COMMITS -> connection.transaction().commit(call);
      case ROLLS_BACK -> connection.transaction().rollback(call);
      case ROLLS_BACK_TO_SAVEPOINT -> connection.transaction().rollbackToSavepoint(call);
      case OTHER -> connection.inFlight(target, "executing", text, call);
    };
  }

  private @Nullable Object inFlight(
      String phase, Method method, @Nullable Object @Nullable [] arguments) throws SQLException {
    return connection.inFlight(target, phase, text(arguments), () -> forward(method, arguments));
  }

  private @Nullable String text(@Nullable Object @Nullable [] arguments) {
    return arguments != null && arguments[0] instanceof String given ? given : sql;
  }

  private @Nullable Object rows(Object proxy, @Nullable Object result) throws SQLException {
    return result instanceof ResultSet rows
        ? ContextResultSet.wrap((Statement) proxy, target, connection, rows)
        : result;
  }
}
