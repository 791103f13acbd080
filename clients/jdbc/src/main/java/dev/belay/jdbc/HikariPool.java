package dev.belay.jdbc;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import javax.sql.DataSource;

/** HikariCP. */
final class HikariPool implements Pool {
  private final HikariDataSource pool;

  HikariPool(DataSource source) {
    pool = (HikariDataSource) source;
  }

  @Override
  public void evict(Connection connection) {
    pool.evictConnection(connection);
  }

  /**
   * Before it lends a connection it asks the server whether that still lives, for up to five
   * seconds. A platform thread could not be released from that, and an interrupt of a virtual one
   * would break the connection.
   */
  @Override
  public boolean usesHelperThread() {
    return true;
  }
}
