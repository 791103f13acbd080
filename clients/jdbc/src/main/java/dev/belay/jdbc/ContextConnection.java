package dev.belay.jdbc;

import dev.belay.CancellableContext;
import dev.belay.Context;
import dev.belay.ContextEndedException;
import java.lang.reflect.Method;
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

  /** Milliseconds by which the server's limit is later than the deadline, so that ours is first. */
  private static final long LIMIT_LAG = 1_000;

  private final Context ctx;
  private final ServerCancel serverCancel;
  private final ServerLimit serverLimit;
  private final Pool pool;
  private final Duration patience;
  private final OpenRows openRows;
  private final OpenTransaction transaction;
  private final boolean autoCommitAtFirst;

  /** What gives the connection back the settings that its borrower has changed. */
  private final Map<String, SqlWork> restoring = new LinkedHashMap<>();

  private boolean closed;
  private volatile boolean evicted;

  private ContextConnection(
      Context ctx, Connection target, Pool pool, Duration patience, boolean limited)
      throws SQLException {
    super(target);
    this.ctx = ctx;
    this.serverCancel = ServerCancel.of(target);
    this.serverLimit =
        limited && ctx.deadline() != null ? serverCancel.limit(target) : ServerLimit.NONE;
    this.pool = pool;
    this.patience = patience;
    this.openRows = new OpenRows(this, patience);
    this.autoCommitAtFirst = target.getAutoCommit();
    if (serverLimit != ServerLimit.NONE) {
      restoring.put("server limit", serverLimit::takeBack);
    }
    this.transaction = new OpenTransaction(this, target, autoCommitAtFirst);
  }

  /**
   * Makes {@code target} obey {@code ctx}.
   *
   * @param patience how long to wait for a cancel that is under way when the statement has ended
   * @param limited whether the server is to know of the deadline
   */
  static Connection wrap(
      Context ctx, Connection target, Pool pool, Duration patience, boolean limited)
      throws SQLException {
    return proxy(Connection.class, new ContextConnection(ctx, target, pool, patience, limited));
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

  OpenTransaction transaction() {
    return transaction;
  }

  /** Whether it was given up. */
  boolean isEvicted() {
    return evicted;
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
    SqlCall<T> sent = statement == null ? call : () -> limited(statement, call);
    return inFlight(serverCancel.place(), statement, phase, sql, sent);
  }

  private <T extends @Nullable Object> T limited(Statement statement, SqlCall<T> call)
      throws SQLException {
    long left = ctx.remainingNanos() / 1_000_000;
    return serverLimit.limited(statement, left + LIMIT_LAG, !transaction.isAutoCommit(), call);
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
    transaction.requireNotDoomed(phase, sql);
    var canceller = new StatementCanceller(this, statement, patience);
    try (CancellableContext own = ctx.withCancel()) {
      return own.call(
          canceller,
          c -> {
            transaction.begin();
            return Shield.run(place, c, call, () -> canceller.interrupted(own));
          });
    } catch (ContextEndedException e) {
      if (canceller.wasSent()) {
        transaction.doom();
      }
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
      case "setAutoCommit" ->
          arguments != null && arguments[0] instanceof Boolean wanted
              ? transaction.setAutoCommit(wanted)
              : null;
      case "setReadOnly" -> {
        boolean before = target.isReadOnly();
        yield setting(method, arguments, () -> target.setReadOnly(before));
      }
      case "setTransactionIsolation" -> {
        int before = quick(target::getTransactionIsolation);
        yield setting(method, arguments, () -> target.setTransactionIsolation(before));
      }
      case "commit" -> transaction.commit(() -> forward(method, arguments));
      case "rollback" -> {
        if (evicted) {
          yield null; // the server rolls back what a broken connection had begun
        }
        SqlCall<@Nullable Object> call = () -> forward(method, arguments);
        yield arguments == null
            ? transaction.rollback(call)
            : transaction.rollbackToSavepoint(call);
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

  /**
   * Runs without the context, within a limit of its own; past it the connection is given up. The
   * limit is the background's: a rollback works although the whole program's root has ended.
   */
  @Nullable Object bounded(SqlCall<@Nullable Object> call) throws SQLException {
    try {
      return Context.background()
          .callShielded(
              ROLLBACK_LIMIT, own -> own.call(attempt -> evict(), c -> shielded(c, call)));
    } catch (ContextEndedException e) {
      throw Failures.ended(e, "rolling back; the connection was given up", null);
    }
  }

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
    return peacefully(
        () -> bounded(() -> forward(method, arguments))); // some pools ask the server again
  }

  /** Closes something that is open on this connection. */
  @Nullable Object closing(SqlCall<@Nullable Object> call) throws SQLException {
    return peacefully(() -> quick(call));
  }

  /** What was given up, and broken, cannot be closed, and need not. */
  private @Nullable Object peacefully(SqlCall<@Nullable Object> call) throws SQLException {
    try {
      return call.call();
    } catch (SQLException e) {
      if (evicted) {
        return null;
      }
      throw e;
    }
  }

  /** Rolls back what is open, and leaves all as it was found: pools differ in what they do. */
  private void tidy() throws SQLException {
    boolean untouched = transaction.isAutoCommit() && autoCommitAtFirst && restoring.isEmpty();
    if (evicted || target.isClosed() || untouched) {
      return;
    }
    bounded(SqlWork.call(this::rollBackAndRestore));
  }

  private void rollBackAndRestore() throws SQLException {
    if (!transaction.isAutoCommit()) {
      target.rollback(); // also what was done through unwrap()
    }
    if (transaction.isAutoCommit() != autoCommitAtFirst) {
      target.setAutoCommit(autoCommitAtFirst);
    }
    for (SqlWork restore : restoring.values()) {
      restore.run();
    }
  }
}
