package dev.belay.jdbc.client;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/** What is known about a data source as a pool. */
interface Pool {
  /**
   * Keeps {@code connection} from being used again, and breaks it; whoever borrowed it still closes
   * it.
   */
  void evict(Connection connection);

  /** Whether it gives every thread the same, so that another one may ask in the caller's name. */
  boolean servesAnyThread();

  /** An aborted connection fails its pool's check and is replaced. */
  Pool UNKNOWN =
      new Pool() {
        @Override
        public void evict(Connection connection) {
          abort(connection);
        }

        @Override
        public boolean servesAnyThread() {
          return false; // routing by a thread-local is common
        }
      };

  static Pool of(DataSource source) {
    return isHikari(source) ? new Hikari(source) : UNKNOWN;
  }

  private static void abort(Connection connection) {
    try {
      connection.abort(Runnable::run);
    } catch (SQLException | RuntimeException e) {
      // Broken already, or a driver that cannot: closing follows either way.
    }
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
  final class Hikari implements Pool {
    private final HikariDataSource pool;

    Hikari(DataSource source) {
      pool = (HikariDataSource) source;
    }

    @Override
    public void evict(Connection connection) {
      pool.evictConnection(connection);
      abort(connection);
    }

    @Override
    public boolean servesAnyThread() {
      return true;
    }
  }
}
