package dev.belay.jdbc;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** What is known about a data source as a pool. */
interface Pool {
  /**
   * Keeps {@code connection} from being used again, and breaks it; whoever borrowed it still closes
   * it.
   */
  void evict(Connection connection);

  /**
   * Whether another thread is to ask for a connection in the calling one's name: it gives every
   * thread the same, and an interrupt of the caller would do harm or nothing.
   */
  boolean isAskedElsewhere();

  static Pool of(DataSource source) {
    for (Class<?> type = source.getClass(); type != null; type = type.getSuperclass()) {
      Pool known = known(type, source);
      if (known != null) {
        return known;
      }
    }
    return new Plain(false); // routing by a thread-local is common
  }

  private static @Nullable Pool known(Class<?> type, DataSource source) {
    return switch (type.getName()) {
      case "com.zaxxer.hikari.HikariDataSource" -> new Hikari(source);
      case "io.agroal.pool.DataSource" -> new AgroalPool();
      // The thread that asks connects, and a platform thread is stuck in that.
      case "org.apache.tomcat.jdbc.pool.DataSourceProxy" -> new Plain(true);
      default -> isDriversOwn(type) ? new Plain(true) : null;
    };
  }

  /** Whether {@code type} is in the package of a driver, or below. */
  private static boolean isDriversOwn(Class<?> type) {
    return DriverManager.drivers()
        .map(driver -> driver.getClass().getPackageName() + ".")
        .anyMatch(type.getName()::startsWith);
  }

  static void abort(Connection connection) {
    try {
      connection.abort(Runnable::run);
    } catch (SQLException | RuntimeException e) {
      // Broken already, or a driver that cannot: closing follows either way.
    }
  }

  /** An aborted connection is closed, or fails its pool's check and is replaced. */
  record Plain(boolean isAskedElsewhere) implements Pool {
    @Override
    public void evict(Connection connection) {
      abort(connection);
    }
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
    public boolean isAskedElsewhere() {
      // Before it lends a connection it asks whether that still lives, and on a virtual thread an
      // interrupt would break it. A platform thread's wait ends with an interrupt.
      return Thread.currentThread().isVirtual();
    }
  }
}
