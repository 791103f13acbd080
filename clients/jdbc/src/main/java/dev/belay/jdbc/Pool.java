package dev.belay.jdbc;

import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.Map;
import java.util.function.Function;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** What is known of a data source as a pool; each known one has a file. */
interface Pool {
  /**
   * The size of a pool that does not say it, or of a data source that makes a connection a call.
   */
  int UNKNOWN = Integer.MAX_VALUE;

  /** The time-out that most pools have. */
  Duration USUAL_TIMEOUT = Duration.ofSeconds(30);

  /**
   * The known pools by their class: a new one is a line here and a file. A class is loaded when its
   * pool comes, so no pool need be there.
   */
  @SuppressWarnings("ClassInitializationDeadlock") // an interface: no class below initializes it
  Map<String, Function<DataSource, Pool>> KNOWN =
      Map.of(
          "com.zaxxer.hikari.HikariDataSource",
          HikariPool::new,
          "io.agroal.pool.DataSource",
          AgroalPool::new,
          // The thread that asks connects, and a platform thread is stuck in that.
          "org.apache.tomcat.jdbc.pool.DataSourceProxy",
          source -> new PlainPool(source, true),
          "org.springframework.jdbc.datasource.AbstractDriverBasedDataSource",
          source -> new PlainPool(source, true));

  /**
   * Keeps {@code connection} from being lent again; its borrower still closes it. Does not wait for
   * the server: the connection is broken afterwards.
   */
  void evict(Connection connection);

  /** The connection to break once it is evicted. */
  default Connection breakable(Connection connection) {
    return connection;
  }

  /**
   * Whether a helper thread may ask the pool for a connection, instead of the calling thread: every
   * thread gets the same, and an interrupt would not end the calling thread's wait, or would break
   * something.
   */
  boolean usesHelperThread();

  /** Whether a connection that was closed is lent again. */
  default boolean reuses() {
    return true;
  }

  /** How many connections it lends at most, as it is configured now; or {@link #UNKNOWN}. */
  int size();

  /** How long a call that no context ends waits for a connection at most. */
  default Duration timeout() {
    return USUAL_TIMEOUT;
  }

  static Pool of(DataSource source) {
    for (Class<?> type = source.getClass(); type != null; type = type.getSuperclass()) {
      Pool known = known(type, source);
      if (known != null) {
        return known;
      }
    }
    return new PlainPool(source, false); // routing by a thread-local is common
  }

  private static @Nullable Pool known(Class<?> type, DataSource source) {
    Function<DataSource, Pool> known = KNOWN.get(type.getName());
    if (known != null) {
      return known.apply(source);
    }
    return isDriversOwn(type) ? new PlainPool(source, true) : null;
  }

  /** Whether {@code type} is in the package of a driver, or below. */
  private static boolean isDriversOwn(Class<?> type) {
    return DriverManager.drivers()
        .map(driver -> driver.getClass().getPackageName() + ".")
        .anyMatch(type.getName()::startsWith);
  }
}
