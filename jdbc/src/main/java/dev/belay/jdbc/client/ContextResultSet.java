package dev.belay.jdbc.client;

import dev.belay.ContextEndedException;
import java.lang.reflect.Method;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/** Rows that stop coming when the context has ended. */
final class ContextResultSet extends Forwarding<ResultSet> {
  private final Statement proxyOfStatement;
  private final ContextStatement statement;
  private long row;

  private ContextResultSet(Statement proxyOfStatement, ContextStatement statement, ResultSet rows) {
    super(rows);
    this.proxyOfStatement = proxyOfStatement;
    this.statement = statement;
  }

  static ResultSet wrap(Statement proxyOfStatement, ContextStatement statement, ResultSet rows) {
    return proxy(ResultSet.class, new ContextResultSet(proxyOfStatement, statement, rows));
  }

  @Override
  @Nullable Object handle(Object proxy, Method method, @Nullable Object @Nullable [] arguments)
      throws SQLException {
    return switch (method.getName()) {
      case "next" -> next();
      case "getStatement" -> proxyOfStatement;
      case "close" -> Shield.run(() -> forward(method, arguments), () -> {});
      default -> forward(method, arguments);
    };
  }

  private boolean next() throws SQLException {
    row++;
    if (statement.fetchesInSteps()) {
      return statement.inFlight("fetching row " + row, null, target::next);
    }
    try {
      statement.ctx().throwIfDone();
    } catch (ContextEndedException e) {
      throw Failures.ended(e, "reading row " + row, null);
    }
    return target.next();
  }
}
