package dev.belay.jdbc;

import java.sql.Connection;
import java.sql.SQLException;

/**
 * Agroal. Its connections break nothing when they are aborted, and then never come back; one that
 * was broken by other means is lent again. Its own note says not to, and is written by reflection,
 * so that Belay does not require Agroal.
 */
final class AgroalPool implements Pool {
  @Override
  public void evict(Connection connection) {
    try {
      Object handler = connection.getClass().getMethod("getHandler").invoke(connection);
      handler.getClass().getMethod("setFlushOnly").invoke(handler);
    } catch (ReflectiveOperationException | RuntimeException e) {
      // A version that is made otherwise: its check finds the broken connection, if it makes one.
    }
  }

  @Override
  public Connection breakable(Connection connection) {
    try {
      return connection.unwrap(Connection.class);
    } catch (SQLException e) {
      return connection;
    }
  }

  /** A wait that an interrupt has ended does not say so. */
  @Override
  public boolean usesHelperThread() {
    return true;
  }
}
