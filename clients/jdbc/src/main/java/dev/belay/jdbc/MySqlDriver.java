package dev.belay.jdbc;

import java.lang.reflect.InvocationTargetException;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/**
 * MySQL's driver, Connector/J. A cancel logs in once more and says {@code KILL QUERY}; when that
 * has returned, the server has done it, and a server that has nothing to do for the connection
 * ignores it. The driver is called by reflection: Belay does not require it, nor link to it.
 */
final class MySqlDriver implements Driver {
  private static final String CONNECTION = "com.mysql.cj.jdbc.JdbcConnection";
  private static final String MAKING = "com.mysql.cj.jdbc.ConnectionImpl";

  private final Connection physical;
  private final long id;
  private final boolean isMariaDb;

  private MySqlDriver(Connection physical, boolean isMariaDb) throws SQLException {
    this.physical = physical;
    this.id = (long) invoke(physical, "getId");
    this.isMariaDb = isMariaDb;
  }

  static Driver of(Connection connection, DatabaseMetaData metaData) throws SQLException {
    ClassLoader loader = metaData.unwrap(DatabaseMetaData.class).getClass().getClassLoader();
    Class<? extends Connection> type;
    try {
      type = Class.forName(CONNECTION, false, loader).asSubclass(Connection.class);
    } catch (ClassNotFoundException e) {
      return UNKNOWN;
    }
    return connection.isWrapperFor(type)
        ? new MySqlDriver(
            connection.unwrap(type), metaData.getDatabaseProductVersion().contains("MariaDB"))
        : UNKNOWN;
  }

  @Override
  public String name() {
    return "MySQL";
  }

  /** Not {@code Statement.cancel()}: that does nothing while rows are streamed. */
  @Override
  public void cancel(@Nullable Statement statement) throws SQLException {
    try (Connection another = another();
        Statement kill = another.createStatement()) {
      kill.execute("KILL QUERY " + id);
    }
  }

  /** A connection to the same server, with the same login. */
  private Connection another() throws SQLException {
    Object host = invoke(invoke(physical, "getSession"), "getHostInfo");
    try {
      return (Connection)
          Class.forName(MAKING, false, host.getClass().getClassLoader())
              .getMethod("getInstance", host.getClass())
              .invoke(null, host);
    } catch (ReflectiveOperationException e) {
      throw failure(e);
    }
  }

  private static Object invoke(Object target, String method) throws SQLException {
    try {
      return target.getClass().getMethod(method).invoke(target);
    } catch (ReflectiveOperationException e) {
      throw failure(e);
    }
  }

  private static SQLException failure(ReflectiveOperationException e) {
    return e instanceof InvocationTargetException
        ? Failures.rethrown(e.getCause())
        : new SQLException("not a version of MySQL's driver that is known", e);
  }

  @Override
  public boolean isCleanAfterCancel() {
    return true;
  }

  @Override
  public boolean mayFetch(ResultSet rows) throws SQLException {
    Statement statement = rows.getStatement();
    return statement != null && statement.getFetchSize() != 0;
  }

  @Override
  public boolean readsMayWait() {
    return false;
  }

  @Override
  public boolean closingReadsTheRest() {
    return true;
  }

  /** MySQL's own server has these facts elsewhere, where they have not been tried. */
  @Override
  public @Nullable Session session() {
    return isMariaDb ? new MariaDbSession(physical) : null;
  }
}
