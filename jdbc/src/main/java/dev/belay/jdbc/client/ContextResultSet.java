package dev.belay.jdbc.client;

import java.lang.reflect.Method;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/** Rows that stop coming when the context has ended. */
final class ContextResultSet extends Forwarding<ResultSet> {
  private final @Nullable Statement proxyOfStatement;
  private final @Nullable Statement statement;
  private final ContextConnection connection;
  private final boolean mayFetch;
  private long row;

  private ContextResultSet(
      @Nullable Statement proxyOfStatement,
      @Nullable Statement statement,
      ContextConnection connection,
      ResultSet rows)
      throws SQLException {
    super(rows);
    this.proxyOfStatement = proxyOfStatement;
    this.statement = statement;
    this.connection = connection;
    this.mayFetch = connection.serverCancel().mayFetch(rows);
  }

  /**
   * Makes {@code rows} obey the connection's context.
   *
   * @param proxyOfStatement what their user knows as their statement; null if nobody made one
   * @param statement the driver's own
   */
  static ResultSet wrap(
      @Nullable Statement proxyOfStatement,
      @Nullable Statement statement,
      ContextConnection connection,
      ResultSet rows)
      throws SQLException {
    return proxy(
        ResultSet.class, new ContextResultSet(proxyOfStatement, statement, connection, rows));
  }

  @Override
  @Nullable Object handle(Object proxy, Method method, @Nullable Object @Nullable [] arguments)
      throws SQLException {
    return switch (method.getName()) {
      case "next" -> {
        row++;
        yield move(method, arguments);
      }
      case "previous", "first", "last", "isLast", "absolute", "relative", "afterLast" ->
          move(method, arguments);
      case "insertRow", "updateRow", "deleteRow", "refreshRow" ->
          connection.inFlight(
              statement, "changing row " + row, null, () -> forward(method, arguments));
      case "getStatement" -> proxyOfStatement;
      case "close" -> Shield.run(connection.ctx(), () -> forward(method, arguments));
      default -> forward(method, arguments);
    };
  }

  private @Nullable Object move(Method method, @Nullable Object @Nullable [] arguments)
      throws SQLException {
    if (mayFetch) {
      return connection.inFlight(
          statement, "fetching row " + row, null, () -> forward(method, arguments));
    }
    if (connection.ctx().isDone()) {
      Failures.throwIfDone(connection.ctx(), "reading row " + row, null);
    }
    return forward(method, arguments);
  }
}
