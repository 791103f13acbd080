package dev.belay.jdbc.client;

import dev.belay.CancellableContext;
import dev.belay.Context;
import dev.belay.ContextEndedException;
import java.lang.reflect.Method;
import java.sql.BatchUpdateException;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A connection that obeys a context. Belongs to one thread at a time, as JDBC has it. */
final class ContextConnection extends Forwarding<Connection> {
  /** How long a rollback or a close may take before the connection is given up. */
  private static final Duration ROLLBACK_LIMIT = Duration.ofSeconds(5);

  /** How long the server may take to show that it is there, after a commit has failed. */
  private static final int ANSWER_SECONDS = 5;

  private final Context ctx;
  private final ServerCancel serverCancel;
  private final Pool pool;
  private final Duration patience;
  private final OpenRows openRows;
  private final boolean autoCommitAtFirst;
  private boolean autoCommit;

  /** What gives the connection back the settings that its borrower has changed. */
  private final Map<String, SqlWork> restoring = new LinkedHashMap<>();

  /** Whether a statement was sent in the transaction that is open. */
  private boolean begun;

  /** Whether a statement of the open transaction was cancelled, by whatever end. */
  private boolean doomed;

  private boolean closed;
  private volatile boolean evicted;

  private ContextConnection(Context ctx, Connection target, Pool pool, Duration patience)
      throws SQLException {
    super(target);
    this.ctx = ctx;
    this.serverCancel = ServerCancel.of(target);
    this.pool = pool;
    this.patience = patience;
    this.openRows = new OpenRows(this, patience);
    this.autoCommitAtFirst = target.getAutoCommit();
    this.autoCommit = autoCommitAtFirst;
  }

  /**
   * Makes {@code target} obey {@code ctx}.
   *
   * @param patience how long to wait for a cancel that is under way when the statement has ended
   */
  static Connection wrap(Context ctx, Connection target, Pool pool, Duration patience)
      throws SQLException {
    return proxy(Connection.class, new ContextConnection(ctx, target, pool, patience));
  }

  Context ctx() {
    return ctx;
  }

  ServerCancel serverCancel() {
    return serverCancel;
  }

  OpenRows openRows() {
    return openRows;
  }

  boolean isCleanAfterCancel() {
    try {
      return shielded(ctx, serverCancel::leavesConnectionClean);
    } catch (SQLException e) {
      return false;
    }
  }

  /** Gives the connection up: nobody may use it after this borrower. */
  void evict() {
    if (!evicted) {
      evicted = true;
      pool.evict(target);
      try {
        serverCancel.breakOff();
      } catch (SQLException | RuntimeException e) {
        // Broken already, as with a pool's abort.
      }
    }
  }

  /**
   * A failure of what needs no server: on a connection that was given up it is the doing of what
   * came before, an end of the context or an interrupt.
   */
  SQLException explained(SQLException failure, String phase) throws SQLException {
    if (evicted) {
      Failures.throwIfDone(ctx, phase, null);
      if (Thread.currentThread().isInterrupted()) {
        return Failures.interrupted(phase, null, failure);
      }
    }
    return failure;
  }

  /**
   * Makes one call of the driver that the end of the context, or an interrupt, cancels inside the
   * server. When it returns no cancel is under way that could hit the connection's next statement,
   * or the connection has been given up.
   *
   * @param statement null for work that has none in sight
   */
  <T extends @Nullable Object> T inFlight(
      @Nullable Statement statement, String phase, @Nullable String sql, SqlCall<T> call)
      throws SQLException {
    return inFlight(serverCancel.place(), statement, phase, sql, call);
  }

  /** A move in rows that may fetch: as {@link #inFlight}, but there are very many of them. */
  <T extends @Nullable Object> T move(@Nullable Statement statement, String phase, SqlCall<T> call)
      throws SQLException {
    return inFlight(serverCancel.movePlace(), statement, phase, null, call);
  }

  private <T extends @Nullable Object> T inFlight(
      Shield.Place place,
      @Nullable Statement statement,
      String phase,
      @Nullable String sql,
      SqlCall<T> call)
      throws SQLException {
    if (Thread.currentThread().isInterrupted()) {
      throw Failures.interrupted(phase, sql, null);
    }
    requireNotDoomed(phase, sql);
    var canceller = new StatementCanceller(this, statement, patience);
    try (CancellableContext own = ctx.withCancel()) {
      return own.call(
          canceller,
          c -> {
            begun = !autoCommit;
            return Shield.run(place, c, call, () -> canceller.interrupted(own));
          });
    } catch (ContextEndedException e) {
      doomed |= canceller.wasSent() && !autoCommit;
      throw canceller.wasInterrupted(e)
          ? Failures.interrupted(phase, sql, e.getCause())
          : Failures.ended(e, phase, sql);
    } finally {
      canceller.settle();
    }
  }

  @Override
  @Nullable Object handle(Object proxy, Method method, @Nullable Object @Nullable [] arguments)
      throws SQLException {
    return switch (method.getName()) {
      case "createStatement" -> statement(Statement.class, proxy, method, arguments);
      case "prepareStatement" -> statement(PreparedStatement.class, proxy, method, arguments);
      case "prepareCall" -> statement(CallableStatement.class, proxy, method, arguments);
      case "getMetaData" ->
          uninterrupted(method, arguments) instanceof DatabaseMetaData metaData
              ? ContextMetaData.wrap((Connection) proxy, this, metaData)
              : null;
      case "setAutoCommit" -> setAutoCommit(method, arguments);
      case "setReadOnly" -> {
        boolean before = target.isReadOnly();
        yield setting(method, arguments, () -> target.setReadOnly(before));
      }
      case "setTransactionIsolation" -> {
        int before = quick(target::getTransactionIsolation);
        yield setting(method, arguments, () -> target.setTransactionIsolation(before));
      }
      case "commit" -> commit(() -> forward(method, arguments));
      case "rollback" -> {
        if (evicted) {
          yield null; // the server rolls back what a broken connection had begun
        }
        SqlCall<@Nullable Object> call = () -> forward(method, arguments);
        yield arguments == null ? rollback(call) : rollbackToSavepoint(call);
      }
      case "close" -> close(method, arguments);
      case "isClosed" -> closed || Boolean.TRUE.equals(forward(method, arguments));
      default -> uninterrupted(method, arguments);
    };
  }

  private @Nullable Object uninterrupted(Method method, @Nullable Object @Nullable [] arguments)
      throws SQLException {
    return quick(() -> forward(method, arguments));
  }

  /** Makes a call that may take long, and that nothing but {@code c} cancels. */
  <T extends @Nullable Object> T shielded(Context c, SqlCall<T> call) throws SQLException {
    return Shield.run(serverCancel.place(), c, call);
  }

  /** Makes a call that takes no time, and that nothing cancels. */
  <T extends @Nullable Object> T quick(SqlCall<T> call) throws SQLException {
    return Shield.run(serverCancel.quickPlace(), ctx, call);
  }

  private @Nullable Object setting(
      Method method, @Nullable Object @Nullable [] arguments, SqlWork restore) throws SQLException {
    restoring.putIfAbsent(method.getName(), restore);
    return uninterrupted(method, arguments);
  }

  private <S extends Statement> S statement(
      Class<S> type, Object proxy, Method method, @Nullable Object @Nullable [] arguments)
      throws SQLException {
    String sql = arguments != null && arguments[0] instanceof String text ? text : null;
    Failures.throwIfDone(ctx, "preparing a statement", sql);
    S made = type.cast(uninterrupted(method, arguments));
    if (made == null) {
      throw new SQLException("the driver made no statement");
    }
    return ContextStatement.wrap(type, (Connection) proxy, this, made, sql);
  }

  // ---- transactions

  /** Some databases have rolled back then, and would commit what follows at once. */
  private void requireNotDoomed(String phase, @Nullable String sql) throws SQLException {
    if (doomed) {
      Failures.throwIfDone(ctx, phase, sql);
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
      Failures.throwIfDone(ctx, phase, null);
      if (evicted) {
        throw new SQLException("the connection was given up before " + phase, "08003");
      }
      if (doomed) {
        throw new SQLException("a statement of the transaction was cancelled before " + phase);
      }
    } catch (SQLException e) {
      if (!evicted) {
        rollBackBecauseOf(e);
      }
      throw e;
    }
  }

  private void rollBackBecauseOf(SQLException failure) {
    try {
      rollback(nothing(target::rollback));
    } catch (SQLException e) {
      evict(); // with whatever is open in it
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
      Object result = shielded(ctx, call);
      begun = false;
      return result;
    } catch (SQLException e) {
      if (begun && !answers()) {
        evict();
        throw new CommitOutcomeUnknownException(e);
      }
      throw e; // the server's answer, and that is no
    }
  }

  private boolean answers() {
    try {
      return shielded(ctx, () -> target.isValid(ANSWER_SECONDS));
    } catch (SQLException e) {
      return false;
    }
  }

  private @Nullable Object setAutoCommit(Method method, @Nullable Object @Nullable [] arguments)
      throws SQLException {
    if (arguments != null && Boolean.valueOf(autoCommit).equals(arguments[0])) {
      return null; // no change of mode commits nothing
    }
    if (begun) {
      requireCommittable(); // JDBC commits what is open when the mode changes
    }
    Object result = committing(() -> forward(method, arguments));
    autoCommit = target.getAutoCommit();
    return result;
  }

  @Nullable Object rollback(SqlCall<@Nullable Object> call) throws SQLException {
    Object result = null;
    try {
      result = bounded(call);
    } catch (SQLException e) {
      if (!doomed || !serverCancel.mayEndTransaction()) {
        throw e;
      }
      evict(); // there is none any more, which the driver does not know
    }
    begun = false;
    doomed = false;
    return result;
  }

  @Nullable Object rollbackToSavepoint(SqlCall<@Nullable Object> call) throws SQLException {
    return bounded(call);
  }

  /** A call without a result. */
  @FunctionalInterface
  private interface SqlWork {
    void run() throws SQLException;
  }

  private static SqlCall<@Nullable Object> nothing(SqlWork work) {
    return () -> {
      work.run();
      return null;
    };
  }

  /**
   * Runs without the context, within a limit of its own; past it the connection is given up. The
   * limit is the background's: a rollback works although the whole program's root has ended.
   */
  private @Nullable Object bounded(SqlCall<@Nullable Object> call) throws SQLException {
    try {
      return Context.background()
          .shielded(ROLLBACK_LIMIT, own -> own.call(attempt -> evict(), c -> shielded(c, call)));
    } catch (ContextEndedException e) {
      throw Failures.ended(e, "rolling back; the connection was given up", null);
    }
  }

  // ---- batches

  /**
   * A batch is done as a whole or not at all, under auto-commit in a transaction of its own:
   * drivers differ in how much of a batch they leave that was cancelled.
   */
  @Nullable Object batch(Statement statement, @Nullable String sql, SqlCall<@Nullable Object> call)
      throws SQLException {
    String phase = "executing a batch";
    if (!autoCommit) {
      return inFlight(statement, phase, sql, call);
    }
    Failures.throwIfDone(ctx, phase, sql);
    quick(nothing(() -> target.setAutoCommit(false)));
    autoCommit = false;
    try {
      Object counts = inFlight(statement, phase, sql, call);
      commit(nothing(target::commit));
      return counts;
    } catch (BatchUpdateException e) {
      throw Failures.nothingDone(e);
    } finally {
      endBatch();
    }
  }

  private void endBatch() {
    try {
      if (begun && !evicted) {
        rollback(nothing(target::rollback));
      }
      if (!evicted) {
        quick(nothing(() -> target.setAutoCommit(true)));
      }
    } catch (SQLException e) {
      evict(); // what the batch has come to is known all the same
    }
    begun = false;
    doomed = false;
    autoCommit = true;
  }

  // ---- the way back

  private @Nullable Object close(Method method, @Nullable Object @Nullable [] arguments)
      throws SQLException {
    if (closed) {
      return null;
    }
    closed = true;
    openRows.leave(null);
    try {
      tidy();
    } catch (SQLException e) {
      evict();
    }
    try {
      return bounded(() -> forward(method, arguments)); // some pools ask the server again
    } catch (SQLException e) {
      if (evicted) {
        return null; // an aborted connection cannot close tidily
      }
      throw e;
    }
  }

  /** Rolls back what is open, and leaves all as it was found: pools differ in what they do. */
  private void tidy() throws SQLException {
    boolean untouched = autoCommit && autoCommitAtFirst && restoring.isEmpty();
    if (evicted || target.isClosed() || untouched) {
      return;
    }
    bounded(nothing(this::rollBackAndRestore));
  }

  private void rollBackAndRestore() throws SQLException {
    if (!autoCommit) {
      target.rollback(); // also what was done through unwrap()
    }
    if (autoCommit != autoCommitAtFirst) {
      target.setAutoCommit(autoCommitAtFirst);
    }
    for (SqlWork restore : restoring.values()) {
      restore.run();
    }
  }
}
