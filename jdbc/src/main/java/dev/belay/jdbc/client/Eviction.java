package dev.belay.jdbc.client;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/** How a connection that must not be used again is kept from going back to its pool. */
interface Eviction {
  /** Breaks {@code connection}; whoever borrowed it still closes it. */
  void evict(Connection connection);

  /** For any data source: an aborted connection fails its pool's check and is replaced. */
  static void abort(Connection connection) {
    try {
      connection.abort(Runnable::run);
    } catch (SQLException | RuntimeException e) {
      // Broken already, or a driver that cannot: closing follows either way.
    }
  }

  static Eviction of(DataSource source) {
    return isHikari(source) ? Hikari.of(source) : Eviction::abort;
  }

  private static boolean isHikari(DataSource source) {
    for (Class<?> type = source.getClass(); type != null; type = type.getSuperclass()) {
      if (type.getName().equals("com.zaxxer.hikari.HikariDataSource")) {
        return true;
      }
    }
    return false;
  }

  /** Loaded only where HikariCP is there. */
  final class Hikari {
    private Hikari() {}

    static Eviction of(DataSource source) {
      var pool = (HikariDataSource) source;
      return connection -> {
        pool.evictConnection(connection);
        abort(connection);
      };
    }
  }
}
