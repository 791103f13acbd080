package dev.belay.jdbc;

import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/** The transaction that is open on a connection, if one is, and whether it may be committed. */
final class OpenTransaction {
  /** How long the server may take to show that it is there, after a commit has failed. */
  private static final int ANSWER_SECONDS = 5;

  private final ContextConnection connection;
  private final Connection target;
  private boolean autoCommit;

  /** Whether a statement was sent in it. */
  private boolean begun;

  /** Whether one of its statements was cancelled, by whatever end. */
  private boolean doomed;

  /**
   * None is open yet.
   *
   * @param target the driver's own, or a pool's
   */
  OpenTransaction(ContextConnection connection, Connection target, boolean autoCommit) {
    this.connection = connection;
    this.target = target;
    this.autoCommit = autoCommit;
  }

  boolean isAutoCommit() {
    return autoCommit;
  }

  /** A statement is about to be sent. */
  void begin() {
    begun = !autoCommit;
  }

  /** A cancel was sent to a statement. */
  void doom() {
    doomed |= !autoCommit;
  }

  /** Some databases have rolled back then, and would commit what follows at once. */
  void requireNotDoomed(String phase, @Nullable String sql) throws SQLException {
    if (doomed) {
      Failures.throwIfDone(connection.ctx(), phase, sql);
      throw new SQLException(
          "a statement of the transaction was cancelled; roll it back before " + phase);
    }
  }

  /**
   * A transaction is doomed once its context has ended or one of its statements was cancelled:
   * drivers then commit the earlier half, or nothing without saying so.
   */
  private void requireCommittable() throws SQLException {
    String phase = "committing; nothing was committed";
    try {
      Failures.throwIfDone(connection.ctx(), phase, null);
      if (connection.isEvicted()) {
        throw new SQLException("the connection was given up before " + phase, "08003");
      }
      if (doomed) {
        throw new SQLException("a statement of the transaction was cancelled before " + phase);
      }
    } catch (SQLException e) {
      if (!connection.isEvicted()) {
        rollBackBecauseOf(e);
      }
      throw e;
    }
  }

  private void rollBackBecauseOf(SQLException failure) {
    try {
      rollback(SqlWork.call(target::rollback));
    } catch (SQLException e) {
      connection.evict(); // with whatever is open in it
      failure.addSuppressed(e);
    }
  }

  /** Once sent a commit is never cancelled: nobody could say whether it happened. */
  @Nullable Object commit(SqlCall<@Nullable Object> call) throws SQLException {
    requireCommittable();
    return committing(call);
  }

  private @Nullable Object committing(SqlCall<@Nullable Object> call) throws SQLException {
    try {
      Object result = connection.shielded(connection.ctx(), call);
      begun = false;
      return result;
    } catch (SQLException e) {
      if (begun && !answers()) {
        connection.evict();
        throw new CommitOutcomeUnknownException(e);
      }
      throw e; // the server's answer, and that is no
    }
  }

  private boolean answers() {
    try {
      return connection.shielded(connection.ctx(), () -> target.isValid(ANSWER_SECONDS));
    } catch (SQLException e) {
      return false;
    }
  }

  /** JDBC commits what is open when the mode changes. */
  @Nullable Object setAutoCommit(boolean wanted) throws SQLException {
    if (autoCommit == wanted) {
      return null; // no change of mode commits nothing
    }
    if (begun) {
      requireCommittable();
    }
    Object result = committing(SqlWork.call(() -> target.setAutoCommit(wanted)));
    autoCommit = target.getAutoCommit();
    return result;
  }

  @Nullable Object rollback(SqlCall<@Nullable Object> call) throws SQLException {
    Object result = null;
    try {
      result = connection.bounded(call);
    } catch (SQLException e) {
      if (!doomed || !connection.serverCancel().mayEndTransaction()) {
        throw e;
      }
      connection.evict(); // there is none any more, which the driver does not know
    }
    begun = false;
    doomed = false;
    return result;
  }

  @Nullable Object rollbackToSavepoint(SqlCall<@Nullable Object> call) throws SQLException {
    return connection.bounded(call);
  }

  /**
   * A batch is done as a whole or not at all, under auto-commit in a transaction of its own:
   * drivers differ in how much of a batch they leave that was cancelled.
   */
  @Nullable Object batch(Statement statement, @Nullable String sql, SqlCall<@Nullable Object> call)
      throws SQLException {
    String phase = "executing a batch";
    if (!autoCommit) {
      return connection.inFlight(statement, phase, sql, call);
    }
    Failures.throwIfDone(connection.ctx(), phase, sql);
    connection.quick(SqlWork.call(() -> target.setAutoCommit(false)));
    autoCommit = false;
    try {
      Object counts = connection.inFlight(statement, phase, sql, call);
      commit(SqlWork.call(target::commit));
      return counts;
    } catch (BatchUpdateException e) {
      throw Failures.nothingDone(e);
    } finally {
      endBatch();
    }
  }

  private void endBatch() {
    try {
      if (begun && !connection.isEvicted()) {
        rollback(SqlWork.call(target::rollback));
      }
      if (!connection.isEvicted()) {
        connection.quick(SqlWork.call(() -> target.setAutoCommit(true)));
      }
    } catch (SQLException e) {
      connection.evict(); // what the batch has come to is known all the same
    }
    begun = false;
    doomed = false;
    autoCommit = true;
  }
}
