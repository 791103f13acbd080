package dev.belay.jdbc;

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
      Statement statement, long millis, boolean inTransaction, SqlCallable<T> call)
      throws SQLException;

  /** Leaves the connection to its next user as it was found; no transaction is open. */
  default void restore() throws SQLException {}

  /** Lets statements run. */
  ServerLimit NONE =
      new ServerLimit() {
        @Override
        public <T extends @Nullable Object> T limited(
            Statement statement, long millis, boolean inTransaction, SqlCallable<T> call)
            throws SQLException {
          return call.call();
        }
      };
}
