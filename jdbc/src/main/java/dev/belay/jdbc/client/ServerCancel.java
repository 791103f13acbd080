package dev.belay.jdbc.client;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.postgresql.PGConnection;

/** How a database is told to end the statement that it works on. */
interface ServerCancel {
  /**
   * Sends a cancel; returns when it has arrived, or has failed. Called from another thread than the
   * one that waits for the statement.
   */
  void send(Statement statement) throws SQLException;

  /**
   * Whether the connection may be used again after a cancel was sent and has arrived. False for a
   * driver whose cancels may yet hit the next statement.
   */
  boolean leavesConnectionClean();

  /** For a driver that nobody has measured: its own cancel, and a new connection afterwards. */
  ServerCancel UNKNOWN =
      new ServerCancel() {
        @Override
        public void send(Statement statement) throws SQLException {
          statement.cancel();
        }

        @Override
        public boolean leavesConnectionClean() {
          return false;
        }
      };

  /** Which one fits, by the class of the physical connection; asked once per class. */
  Map<Class<?>, Boolean> POSTGRES = new ConcurrentHashMap<>();

  static ServerCancel of(Connection connection) throws SQLException {
    Boolean postgres = POSTGRES.get(connection.getClass());
    if (postgres == null) {
      postgres =
          "PostgreSQL".equals(connection.getMetaData().getDatabaseProductName())
              && hasPgjdbc(connection);
      POSTGRES.put(connection.getClass(), postgres);
    }
    return postgres ? Postgres.of(connection) : UNKNOWN;
  }

  private static boolean hasPgjdbc(Connection connection) {
    try {
      return connection.isWrapperFor(PGConnection.class);
    } catch (SQLException | NoClassDefFoundError e) {
      return false;
    }
  }

  /** Loaded only where pgjdbc is there. */
  final class Postgres {
    private Postgres() {}

    static ServerCancel of(Connection connection) throws SQLException {
      PGConnection physical = connection.unwrap(PGConnection.class);
      return new ServerCancel() {
        @Override
        public void send(Statement statement) throws SQLException {
          // Not Statement.cancel(): that works once per execution, not between fetches, and holds
          // up the executing thread for as long as the cancel takes.
          physical.cancelQuery();
        }

        @Override
        public boolean leavesConnectionClean() {
          return true;
        }
      };
    }
  }
}
