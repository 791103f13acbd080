package dev.belay.jdbc;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/**
 * MariaDB's driver with MariaDB's server. A cancel is a connection of its own that says {@code KILL
 * QUERY}; when {@code cancel} returns, the server has done it. It does nothing while no call of the
 * connection waits for the server: the next attempt does.
 */
final class MariaDbDriver implements Driver {
  private final Connection physical;

  private MariaDbDriver(DatabaseMetaData metaData) throws SQLException {
    physical = metaData.unwrap(DatabaseMetaData.class).getConnection(); // not a pool's
  }

  static Driver of(Connection connection, DatabaseMetaData metaData) throws SQLException {
    return "MariaDB".equals(metaData.getDatabaseProductName())
        ? new MariaDbDriver(metaData)
        : UNKNOWN;
  }

  @Override
  public String name() {
    return "MariaDB";
  }

  @Override
  public boolean isCleanAfterCancel() {
    return true;
  }

  @Override
  public boolean mayFetch(ResultSet rows) throws SQLException {
    return rows.getFetchSize() != 0;
  }

  @Override
  public boolean readsMayWait() {
    return false;
  }

  @Override
  public boolean closingReadsTheRest() {
    return true;
  }

  /**
   * A thread of its own even for a platform thread: the driver's {@code abort} first logs in once
   * more, and waits behind the read that it is to end. A caller could not be released from that.
   */
  @Override
  public Place place() {
    return Place.VIRTUAL_THREAD;
  }

  @Override
  public Session session() {
    return new MariaDbSession(physical);
  }

  @Override
  public ServerLimit limit(Connection connection) {
    return new Limit();
  }

  /** The driver's own, which goes to MariaDB with the statement, in seconds. */
  private static final class Limit implements ServerLimit {
    @Override
    public <T extends @Nullable Object> T limited(
        Statement statement, long millis, boolean inTransaction, SqlCallable<T> call)
        throws SQLException {
      int users = statement.getQueryTimeout();
      long seconds = Math.ceilDiv(millis, 1_000);
      if (seconds > Integer.MAX_VALUE || (users != 0 && users <= seconds)) {
        return call.call();
      }
      statement.setQueryTimeout((int) seconds);
      try {
        return call.call();
      } finally {
        if (!statement.isClosed()) {
          statement.setQueryTimeout(users);
        }
      }
    }
  }
}
