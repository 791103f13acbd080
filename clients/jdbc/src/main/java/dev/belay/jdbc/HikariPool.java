package dev.belay.jdbc;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.time.Duration;
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

  @Override
  public int size() {
    int most = pool.getMaximumPoolSize();
    return most > 0 ? most : UNKNOWN; // none is set, and no connection was asked for yet
  }

  @Override
  public Duration timeout() {
    return Duration.ofMillis(pool.getConnectionTimeout());
  }
}
