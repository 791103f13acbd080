package dev.belay.jdbc;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/** How long the server lets one connection's statements run, should no cancel reach it. */
interface ServerLimit {
  /**
   * Makes {@code call}, which executes {@code statement}; the server ends that after {@code
   * millis}.
   *
   * @param inTransaction false under auto-commit
   */
  <T extends @Nullable Object> T limited(
      Statement statement, long millis, boolean inTransaction, SqlCall<T> call) throws SQLException;

  /** Leaves the connection to its next user as it was found; no transaction is open. */
  default void takeBack() throws SQLException {}

  /** Lets statements run. */
  ServerLimit NONE =
      new ServerLimit() {
        @Override
        public <T extends @Nullable Object> T limited(
            Statement statement, long millis, boolean inTransaction, SqlCall<T> call)
            throws SQLException {
          return call.call();
        }
      };

  /** A setting of the transaction, or without one of the session. It does not hold for commits. */
  final class Postgres implements ServerLimit {
    private final Connection connection;
    private boolean asked;
    private boolean sessionHasItsOwn;
    private boolean onSession;

    Postgres(Connection connection) {
      this.connection = connection;
    }

    @Override
    public <T extends @Nullable Object> T limited(
        Statement statement, long millis, boolean inTransaction, SqlCall<T> call)
        throws SQLException {
      if (!sessionHasItsOwn()) {
        onSession |= !inTransaction;
        set(inTransaction ? "local" : "session", Math.min(millis, Integer.MAX_VALUE));
      }
      return call.call();
    }

    @Override
    public void takeBack() throws SQLException {
      if (onSession) {
        set("session", 0);
        if (!connection.getAutoCommit()) {
          connection.commit();
        }
      }
    }

    private boolean sessionHasItsOwn() throws SQLException {
      if (!asked) {
        try (Statement statement = connection.createStatement();
            ResultSet rows = statement.executeQuery("show statement_timeout")) {
          sessionHasItsOwn = rows.next() && !"0".equals(rows.getString(1));
        }
        asked = true;
      }
      return sessionHasItsOwn;
    }

    private void set(String scope, long millis) throws SQLException {
      // Not set_config(): a query would be the transaction's first.
      try (Statement statement = connection.createStatement()) {
        statement.execute("set " + scope + " statement_timeout = " + millis);
      }
    }
  }

  /** The driver's own, which goes to MariaDB with the statement, in seconds. */
  final class MariaDb implements ServerLimit {
    @Override
    public <T extends @Nullable Object> T limited(
        Statement statement, long millis, boolean inTransaction, SqlCall<T> call)
        throws SQLException {
      int users = statement.getQueryTimeout();
      long seconds = Math.ceilDiv(millis, 1_000);
      if (seconds > Integer.MAX_VALUE || (users != 0 && users <= seconds)) {
        return call.call();
      }
      statement.setQueryTimeout((int) seconds);
      try {
        return call.call();
      } finally {
        if (!statement.isClosed()) {
          statement.setQueryTimeout(users);
        }
      }
    }
  }
}
