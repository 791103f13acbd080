package dev.belay.jdbc;

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
      ResultSet rows) {
    super(rows);
    this.proxyOfStatement = proxyOfStatement;
    this.statement = statement;
    this.connection = connection;
    this.mayFetch = mayFetch(connection.serverCancel(), rows);
  }

  private static boolean mayFetch(ServerCancel driver, ResultSet rows) {
    try {
      return driver.mayFetch(rows);
    } catch (SQLException e) {
      return true; // broken already: the first move says by what
    }
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
    var wrapped = new ContextResultSet(proxyOfStatement, statement, connection, rows);
    if (wrapped.mayFetch && connection.serverCancel().closingReadsTheRest()) {
      connection.openRows().add(wrapped);
    }
    return proxy(ResultSet.class, wrapped);
  }

  /** Whether these are the rows of {@code statement}, the driver's own. */
  boolean isOf(Statement statement) {
    return statement.equals(this.statement);
  }

  /** Ends the query if there is more to come than was read. */
  void leave() {
    if (connection.openRows().remove(this)) {
      connection.openRows().leave(statement, target);
    }
  }

  @Override
  @Nullable Object handle(Object proxy, Method method, @Nullable Object @Nullable [] arguments)
      throws SQLException {
    return switch (method.getName()) {
      case "next" -> {
        row++;
        Object found = move(method, arguments);
        if (Boolean.FALSE.equals(found)) {
          connection.openRows().remove(this);
        }
        yield found;
      }
      case "previous", "first", "last", "isLast", "absolute", "relative", "afterLast" ->
          move(method, arguments);
      case "insertRow", "updateRow", "deleteRow", "refreshRow" ->
          connection.inFlight(
              statement, "changing row " + row, null, () -> forward(method, arguments));
      case "getStatement" -> proxyOfStatement;
      case "close" -> {
        leave();
        yield connection.closing(() -> forward(method, arguments));
      }
      default -> read(method, arguments);
    };
  }

  private @Nullable Object read(Method method, @Nullable Object @Nullable [] arguments)
      throws SQLException {
    try {
      return forward(method, arguments);
    } catch (SQLException e) {
      throw connection.explained(e, "reading row " + row);
    }
  }

  private @Nullable Object move(Method method, @Nullable Object @Nullable [] arguments)
      throws SQLException {
    if (mayFetch) {
      return connection.move(statement, "fetching row " + row, () -> forward(method, arguments));
    }
    if (connection.ctx().isDone()) {
      Failures.throwIfDone(connection.ctx(), "reading row " + row, null);
    }
    return forward(method, arguments);
  }
}
