package dev.belay.jdbc.client;

import java.sql.Connection;
import java.sql.SQLException;

/**
 * A pool that lends a broken connection again unless its own note about it says not to. The note is
 * written by reflection, so that nobody needs the pool to use Belay.
 */
abstract class MarkingPool implements Pool {

  @Override
  public final void evict(Connection connection) {
    Connection physical = connection;
    try {
      physical = connection.unwrap(Connection.class);
      mark(connection);
    } catch (SQLException | ReflectiveOperationException | RuntimeException e) {
      // A version that is made otherwise: an aborted connection fails the check on its next way
      // out.
    }
    Pool.abort(physical);
  }

  /** Notes that {@code connection} is to be thrown away when it comes back. */
  abstract void mark(Connection connection) throws SQLException, ReflectiveOperationException;

  @Override
  public final boolean isAskedElsewhere() {
    return true;
  }
}
