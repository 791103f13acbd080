package dev.belay.jdbc.client;

import java.sql.Connection;
import java.sql.SQLException;

/**
 * Tomcat's JDBC pool: it connects on the thread that asks, and looks at nothing that comes back.
 */
final class TomcatPool extends MarkingPool {
  @Override
  void mark(Connection connection) throws SQLException, ReflectiveOperationException {
    Class<?> type =
        Class.forName(
            "org.apache.tomcat.jdbc.pool.PooledConnection",
            false,
            connection.getClass().getClassLoader());
    type.getMethod("setDiscarded", boolean.class).invoke(connection.unwrap(type), true);
  }
}
