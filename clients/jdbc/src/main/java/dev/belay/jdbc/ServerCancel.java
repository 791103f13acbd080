package dev.belay.jdbc;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

/**
 * How a database is told to end what it works on for one connection, and what else a driver needs
 * for that. Only what was measured is here; every other driver is {@link #UNKNOWN}.
 */
interface ServerCancel {
  /**
   * Sends a cancel; returns when it has arrived, or has failed. Called from another thread than the
   * one that waits for the statement.
   *
   * @param statement null for work that has none in sight
   */
  default void send(@Nullable Statement statement) throws SQLException {
    if (statement != null) {
      statement.cancel();
    }
  }

  /**
   * Whether the connection may be used again after a cancel was sent and has arrived. False for a
   * driver whose cancels may yet hit the next statement. Asked only then, on the caller's thread.
   */
  default boolean leavesConnectionClean() throws SQLException {
    return false;
  }

  /** Whether reading these rows may wait for the server; false if all are here. */
  default boolean mayFetch(ResultSet rows) throws SQLException {
    return true;
  }

  /** Whether closing rows that may fetch reads all the rest of them first. */
  default boolean closingReadsTheRest() {
    return false;
  }

  /** Whether a cancel may leave the driver with a transaction that the database does not have. */
  default boolean mayEndTransaction() {
    return false;
  }

  /** Where what may take long is to run, when it is asked for by the current thread. */
  default Shield.Place place() {
    return Shield.Place.ofSocket();
  }

  /**
   * The same for what takes no time, such as giving a connection back. Never on a virtual thread
   * that may be interrupted: HikariCP's wait for a taker then spins, and keeps the taker from
   * running.
   */
  default Shield.Place quickPlace() {
    return Shield.Place.ofSocket();
  }

  /** The same for moves in rows, of which there are very many. */
  default Shield.Place movePlace() {
    return quickPlace();
  }

  /** What makes the server itself end statements of {@code connection}, where that was measured. */
  default ServerLimit limit(Connection connection) {
    return ServerLimit.NONE;
  }

  /** Breaks a connection that is given up, where the driver's {@code abort} does not. */
  default void breakOff() throws SQLException {}

  /** For a driver that nobody has measured: its own cancel, and a new connection afterwards. */
  ServerCancel UNKNOWN = new ServerCancel() {};

  /**
   * Which one fits: by what is below a pool's wrapper, whose class is the same for every driver.
   */
  static ServerCancel of(Connection connection) throws SQLException {
    if (Presence.PGJDBC && Postgres.fits(connection)) {
      return new Postgres(connection);
    }
    DatabaseMetaData metaData = connection.getMetaData();
    if (metaData == null) {
      return UNKNOWN; // some wrappers have none
    }
    return switch (String.valueOf(metaData.getDriverName())) {
      case "MariaDB Connector/J" -> MariaDb.fits(metaData) ? new MariaDb() : UNKNOWN;
      case "H2 JDBC Driver" -> EmbeddedCancel.h2(metaData);
      case "SQLite JDBC" -> EmbeddedCancel.sqlite(metaData);
      case "DuckDBJ" -> EmbeddedCancel.duckDb(metaData);
      default -> UNKNOWN;
    };
  }

  /** Which drivers are on the class path. */
  final class Presence {
    static final boolean PGJDBC = isThere("org.postgresql.PGConnection");

    private Presence() {}

    private static boolean isThere(String name) {
      try {
        Class.forName(name, false, ServerCancel.class.getClassLoader());
        return true;
      } catch (ClassNotFoundException | LinkageError e) {
        return false;
      }
    }
  }

  /** Loaded only where pgjdbc is there. */
  final class Postgres implements ServerCancel {
    private final PGConnection physical;

    Postgres(Connection connection) throws SQLException {
      physical = connection.unwrap(PGConnection.class);
    }

    static boolean fits(Connection connection) throws SQLException {
      return connection.isWrapperFor(PGConnection.class);
    }

    @Override
    public void send(@Nullable Statement statement) throws SQLException {
      // Not Statement.cancel(): that works once per execution, not between fetches, and holds up
      // the executing thread for as long as the cancel takes.
      physical.cancelQuery();
    }

    @Override
    public boolean leavesConnectionClean() {
      return true;
    }

    @Override
    public ServerLimit limit(Connection connection) {
      return new ServerLimit.Postgres(connection);
    }

    @Override
    public boolean mayFetch(ResultSet rows) throws SQLException {
      return rows.getFetchSize() != 0;
    }
  }

  /**
   * MariaDB's driver with MariaDB's server. A cancel is a connection of its own that says {@code
   * KILL QUERY}; when {@code cancel} returns, the server has done it. It does nothing while no call
   * of the connection waits for the server: the next attempt does.
   */
  final class MariaDb implements ServerCancel {
    static boolean fits(DatabaseMetaData metaData) throws SQLException {
      return "MariaDB".equals(metaData.getDatabaseProductName());
    }

    @Override
    public boolean leavesConnectionClean() {
      return true;
    }

    @Override
    public ServerLimit limit(Connection connection) {
      return new ServerLimit.MariaDb();
    }

    @Override
    public boolean mayFetch(ResultSet rows) throws SQLException {
      return rows.getFetchSize() != 0;
    }

    @Override
    public boolean closingReadsTheRest() {
      return true;
    }
  }
}
