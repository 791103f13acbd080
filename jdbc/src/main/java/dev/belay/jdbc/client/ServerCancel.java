package dev.belay.jdbc.client;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

/** How a database is told to end what it works on for one connection. */
interface ServerCancel {
  /**
   * Sends a cancel; returns when it has arrived, or has failed. Called from another thread than the
   * one that waits for the statement.
   *
   * @param statement null for work that has none in sight
   */
  void send(@Nullable Statement statement) throws SQLException;

  /**
   * Whether the connection may be used again after a cancel was sent and has arrived. False for a
   * driver whose cancels may yet hit the next statement.
   */
  boolean leavesConnectionClean();

  /** Whether reading these rows may wait for the server; false if all are here. */
  boolean mayFetch(ResultSet rows) throws SQLException;

  /** For a driver that nobody has measured: its own cancel, and a new connection afterwards. */
  ServerCancel UNKNOWN =
      new ServerCancel() {
        @Override
        public void send(@Nullable Statement statement) throws SQLException {
          if (statement != null) {
            statement.cancel();
          }
        }

        @Override
        public boolean leavesConnectionClean() {
          return false;
        }

        @Override
        public boolean mayFetch(ResultSet rows) {
          return true;
        }
      };

  /**
   * Which one fits: by what is below a pool's wrapper, whose class is the same for every driver.
   */
  static ServerCancel of(Connection connection) throws SQLException {
    return Presence.PGJDBC && Postgres.fits(connection) ? new Postgres(connection) : UNKNOWN;
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
    public boolean mayFetch(ResultSet rows) throws SQLException {
      return rows.getFetchSize() != 0;
    }
  }
}
