package dev.belay.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Agroal. Its connections break nothing when they are aborted, and then never come back; one that
 * was broken by other means is lent again. Its own note says not to, and is written by reflection,
 * so that Belay does not require Agroal.
 */
final class AgroalPool implements Pool {
  private static final String POOL = "connectionPoolConfiguration";

  private final @Nullable Object configuration;

  AgroalPool(DataSource source) {
    Object whole = of(source, "AgroalDataSource", "getConfiguration");
    configuration = of(whole, "configuration.AgroalDataSourceConfiguration", POOL);
  }

  /** What a getter of one of Agroal's interfaces says: its classes are not public. */
  private static @Nullable Object of(@Nullable Object target, String type, String getter) {
    try {
      return target == null
          ? null
          : Class.forName("io.agroal.api." + type, true, target.getClass().getClassLoader())
              .getMethod(getter)
              .invoke(target);
    } catch (ReflectiveOperationException | RuntimeException e) {
      return null; // a version that is made otherwise
    }
  }

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

  private @Nullable Object configured(String getter) {
    return of(configuration, "configuration.AgroalConnectionPoolConfiguration", getter);
  }

  @Override
  public int size() {
    return configured("maxSize") instanceof Integer most && most > 0 ? most : UNKNOWN;
  }

  @Override
  public Duration timeout() {
    return configured("acquisitionTimeout") instanceof Duration timeout && timeout.isPositive()
        ? timeout
        : USUAL_TIMEOUT;
  }
}
