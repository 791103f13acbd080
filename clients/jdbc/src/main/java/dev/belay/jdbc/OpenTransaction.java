package dev.belay.jdbc;

import dev.belay.jdbc.StatementText.Effect;
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

  /** Whether the text of a statement has begun one, of which JDBC does not know. */
  private boolean begunByText;

  /** The failure because of which the database has rolled it back; null if there was none. */
  private @Nullable SQLException rolledBack;

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

  /** A statement with this text is about to be sent. */
  void sending(String sql) {
    begunByText |= autoCommit && StatementText.effect(sql) == Effect.BEGINS;
  }

  /** Whether one is open although auto-commit is on. */
  boolean isOpenByText() {
    return autoCommit && (begunByText || connection.driver().isTransactionOpen());
  }

  /**
   * A statement was executed in an aborted transaction, and was not seen to end it.
   *
   * @throws SQLException if it has: then it was a commit, and nothing was committed
   */
  void requireNotEnded() throws SQLException {
    Driver driver = connection.driver();
    if (!driver.isTransactionAborted() && !driver.isTransactionOpen()) {
      throw new SQLException(
          "the transaction had been aborted by a statement that failed; nothing was committed",
          "25P02");
    }
  }

  /** A cancel was sent to a statement. */
  void doom() {
    doomed |= !autoCommit;
  }

  /** A statement has failed in it by itself. */
  void failed(SQLException failure) {
    if (!autoCommit && rolledBack == null && connection.driver().endsTransaction(failure)) {
      rolledBack = failure;
    }
  }

  /** Some databases have rolled back then, and would commit what follows at once. */
  void requireNotDoomed(String phase, @Nullable String sql) throws SQLException {
    if (doomed) {
      Failures.throwIfDone(connection.ctx(), phase, sql);
      throw new SQLException(
          "a statement of the transaction was cancelled; roll it back before " + phase);
    }
    if (rolledBack != null) {
      throw new SQLException(
          "the database has rolled the transaction back; roll it back here too before " + phase,
          rolledBack.getSQLState(),
          rolledBack);
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
      if (connection.isDiscarded()) {
        throw new SQLException("the connection was discarded before " + phase, "08003");
      }
      if (doomed) {
        throw new SQLException("a statement of the transaction was cancelled before " + phase);
      }
      if (rolledBack != null) {
        throw new SQLException(
            "the database had rolled the transaction back before " + phase,
            rolledBack.getSQLState(),
            rolledBack);
      }
      if (connection.driver().isTransactionAborted()) {
        throw new SQLException(
            "the transaction was aborted by a statement that failed before " + phase, "25P02");
      }
    } catch (SQLException e) {
      if (!connection.isDiscarded()) {
        rollBackBecauseOf(e);
      }
      throw e;
    }
  }

  private void rollBackBecauseOf(SQLException failure) {
    try {
      rollback(SqlRunnable.callable(target::rollback));
    } catch (SQLException e) {
      connection.discard(); // with whatever is open in it
      failure.addSuppressed(e);
    }
  }

  /** Once sent a commit is never cancelled: it would be unknown whether it happened. */
  @Nullable Object commit(SqlCallable<@Nullable Object> call) throws SQLException {
    requireCommittable();
    return committing(call);
  }

  private @Nullable Object committing(SqlCallable<@Nullable Object> call) throws SQLException {
    try {
      Object result = connection.calls().committing(call);
      begun = false;
      return result;
    } catch (SQLException e) {
      if (begun && (connection.isDiscarded() || !answers())) {
        connection.discard();
        throw new CommitOutcomeUnknownException(e);
      }
      throw e; // the server's answer, and that is no
    }
  }

  private boolean answers() {
    try {
      return connection
          .calls()
          .cleanUp("asking whether the server is there", () -> target.isValid(ANSWER_SECONDS));
    } catch (SQLException e) {
      return false;
    }
  }

  /** JDBC commits what is open when the mode changes. */
  @Nullable Object setAutoCommit(boolean wanted) throws SQLException {
    if (autoCommit == wanted) {
      return null; // no change of mode commits nothing
    }
    SqlCallable<@Nullable Object> call = SqlRunnable.callable(() -> target.setAutoCommit(wanted));
    Object result =
        begun ? commit(call) : connection.calls().cleanUp("changing the connection", call);
    autoCommit = target.getAutoCommit();
    return result;
  }

  @Nullable Object rollback(SqlCallable<@Nullable Object> call) throws SQLException {
    Object result = null;
    try {
      result = connection.calls().cleanUp("rolling back", call);
    } catch (SQLException e) {
      if (!doomed || !connection.driver().cancelMayEndTransaction()) {
        throw e;
      }
      connection.discard(); // there is none any more, which the driver does not know
    }
    begun = false;
    doomed = false;
    rolledBack = null;
    return result;
  }

  /** Commits or rolls back by a statement's text. */
  @Nullable Object endByText(Effect effect, SqlCallable<@Nullable Object> call)
      throws SQLException {
    Object result = effect == Effect.COMMITS ? commit(call) : rollback(call);
    begunByText = false;
    if (!autoCommit && !connection.isDiscarded()) {
      connection.driver().endedByText();
    }
    return result;
  }

  @Nullable Object rollbackToSavepoint(SqlCallable<@Nullable Object> call) throws SQLException {
    return connection.calls().cleanUp("rolling back", call);
  }

  /**
   * A batch is done as a whole or not at all, under auto-commit in a transaction of its own:
   * drivers differ in how much of a batch they leave that was cancelled.
   */
  @Nullable Object batch(
      Statement statement, @Nullable String sql, SqlCallable<@Nullable Object> call)
      throws SQLException {
    String phase = "executing a batch";
    if (!autoCommit) {
      return connection.execute(statement, phase, sql, call);
    }
    Failures.throwIfDone(connection.ctx(), phase, sql);
    connection.inFlight(null, phase, sql, SqlRunnable.callable(() -> target.setAutoCommit(false)));
    autoCommit = false;
    try {
      Object counts = connection.execute(statement, phase, sql, call);
      commit(SqlRunnable.callable(target::commit));
      return counts;
    } catch (BatchUpdateException e) {
      throw Failures.nothingDone(e);
    } finally {
      endBatch();
    }
  }

  private void endBatch() {
    try {
      if (begun && !connection.isDiscarded()) {
        rollback(SqlRunnable.callable(target::rollback));
      }
      if (!connection.isDiscarded()) {
        connection
            .calls()
            .cleanUp("ending a batch", SqlRunnable.callable(() -> target.setAutoCommit(true)));
      }
    } catch (SQLException e) {
      connection.discard(); // what the batch has come to is known all the same
    }
    begun = false;
    doomed = false;
    rolledBack = null;
    autoCommit = true;
  }
}
