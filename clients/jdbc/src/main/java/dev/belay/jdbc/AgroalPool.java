package dev.belay.jdbc;

import java.sql.Connection;
import java.sql.SQLException;

/**
 * Agroal. Its connections break nothing when they are aborted, and then never come back; one that
 * was broken by other means is lent again. Its own note says not to, and is written by reflection,
 * so that nobody needs Agroal to use Belay.
 */
final class AgroalPool implements Pool {

  @Override
  public void evict(Connection connection) {
    Connection physical = connection;
    try {
      physical = connection.unwrap(Connection.class);
      Object handler = connection.getClass().getMethod("getHandler").invoke(connection);
      handler.getClass().getMethod("setFlushOnly").invoke(handler);
    } catch (SQLException | ReflectiveOperationException | RuntimeException e) {
      // A version that is made otherwise: its check finds the broken connection, if it makes one.
    }
    Pool.abort(physical);
  }

  @Override
  public boolean isAskedElsewhere() {
    return true; // an interrupted wait does not say that it was
  }
}
