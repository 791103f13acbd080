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
    SqlCallable<@Nullable Object> call = () -> forward(method, arguments);
    return switch (method.getName()) {
      case "execute", "executeUpdate", "executeLargeUpdate", "executeQuery" ->
          wrapped(proxy, execute(text(arguments), call));
      case "executeBatch", "executeLargeBatch" -> connection.transaction().batch(target, sql, call);
      case "getMoreResults", "getResultSet", "getGeneratedKeys" ->
          wrapped(proxy, inFlight("executing", call));
      case "getMetaData", "getParameterMetaData" -> wrapped(proxy, inFlight("describing", call));
      case "setObject" ->
          LocalMethods.isPlain(arguments) && LocalMethods.isPrepared(method)
              ? call.call()
              : inFlight("setting a parameter", call);
      case "addBatch" -> {
        connection.sending(arguments == null ? sql : text(arguments));
        yield call.call();
      }
      case "getConnection" -> proxyOfConnection;
      case "cancel" -> connection.calls().beside("cancelling", call);
      case "close" -> {
        connection.openRows().leave(target);
        yield connection.closing(connection.driver().closingMayWait(), call);
      }
      default ->
          LocalMethods.contains(method)
              ? call.call()
              : wrapped(proxy, inFlight("calling " + method.getName(), call));
    };
  }

  private @Nullable Object execute(@Nullable String text, SqlCallable<@Nullable Object> call)
      throws SQLException {
    connection.openRows().leave(target); // which this closes
    Effect effect = text == null ? Effect.OTHER : StatementText.effect(text);
    return switch (effect) {
      case COMMITS, ROLLS_BACK -> connection.transaction().endByText(effect, call);
      case ROLLS_BACK_TO_SAVEPOINT -> connection.transaction().rollbackToSavepoint(call);
      case BEGINS, OTHER -> connection.execute(target, "executing", text, call);
    };
  }

  private @Nullable Object inFlight(String phase, SqlCallable<@Nullable Object> call)
      throws SQLException {
    return connection.inFlight(target, phase, sql, call);
  }

  private @Nullable String text(@Nullable Object @Nullable [] arguments) {
    return arguments != null && arguments[0] instanceof String given ? given : sql;
  }

  private @Nullable Object wrapped(Object proxy, @Nullable Object result) throws SQLException {
    return result instanceof ResultSet rows
        ? ContextResultSet.wrap((Statement) proxy, target, connection, rows)
        : ContextObject.wrapped(connection, target, result);
  }
}
