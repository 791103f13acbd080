package dev.belay.jdbc;

import dev.belay.Context;
import dev.belay.Status;
import dev.belay.spi.Ambient;
import dev.belay.spi.Permits.Permit;
import java.lang.reflect.Method;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.SQLClientInfoException;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** A connection that obeys a context. Belongs to one thread at a time, as JDBC has it. */
final class ContextConnection extends Forwarding<Connection> {
  /** Milliseconds by which the server's limit is later than the deadline, so that ours is first. */
  private static final long LIMIT_LAG = 1_000;

  /** How long to wait for a connection to be broken; a driver's close may hang as well. */
  private static final long BREAK_MILLIS = 250;

  private static final int VALID_SECONDS = 5;

  private final Context ctx;
  private final Driver driver;
  private final ServerLimit serverLimit;
  private final Pool pool;
  private final Permit permit;
  private final DriverCalls calls;
  private final OpenRows openRows;
  private final OpenTransaction transaction;
  private final SessionState session;
  private final Overdue overdue;
  private final boolean autoCommitAtFirst;
  private final AtomicBoolean closed = new AtomicBoolean();
  private final AtomicBoolean discarded = new AtomicBoolean();
  private final CountDownLatch broken = new CountDownLatch(1);

  /** Whether a statement was sent. */
  private boolean used;

  /** Whether its user has had the driver's own connection. */
  private boolean unwrapped;

  private ContextConnection(Context ctx, Lent lent, Pool pool, Duration patience, boolean limited)
      throws SQLException {
    super(lent.connection());
    this.permit = lent.permit();
    this.ctx = ctx;
    this.driver = Driver.of(target);
    this.serverLimit = limited && ctx.deadline() != null ? driver.limit(target) : ServerLimit.NONE;
    this.pool = pool;
    this.calls = new DriverCalls(this, ctx, driver, patience);
    this.openRows = new OpenRows(this, patience);
    this.autoCommitAtFirst = target.getAutoCommit();
    this.session = new SessionState(target, driver);
    if (!serverLimit.equals(ServerLimit.NONE)) {
      session.changed("server limit", serverLimit::restore);
    }
    this.transaction = new OpenTransaction(this, target, autoCommitAtFirst);
    this.overdue = new Overdue(this, ctx, patience);
  }

  /**
   * Makes what was lent obey {@code ctx}; closing it gives both back.
   *
   * @param patience how long a call may go on after the end of the context
   * @param limited whether the server is to know of the deadline
   */
  static Connection wrap(Context ctx, Lent lent, Pool pool, Duration patience, boolean limited)
      throws SQLException {
    var connection = new ContextConnection(ctx, lent, pool, patience, limited);
    if (pool.reuses() && connection.session.isUnknown()) {
      connection.inFlight(
          null,
          "looking at a new connection",
          null,
          SqlRunnable.callable(connection.session::learn));
    }
    connection.overdue.watch();
    return proxy(Connection.class, connection);
  }

  /** What the connection obeys on the calling thread: inside a shield that, else its own. */
  Context ctx() {
    return Ambient.obeyed(ctx);
  }

  Driver driver() {
    return driver;
  }

  DriverCalls calls() {
    return calls;
  }

  OpenRows openRows() {
    return openRows;
  }

  OpenTransaction transaction() {
    return transaction;
  }

  SessionState session() {
    return session;
  }

  boolean isDiscarded() {
    return discarded.get();
  }

  boolean isCleanAfterCancel() {
    try {
      return calls.cleanUp("looking at the connection", driver::isCleanAfterCancel);
    } catch (SQLException e) {
      return false;
    }
  }

  /**
   * Discards the connection: it is never lent again. Returns when it is broken too, unless that
   * takes long.
   */
  void discard() {
    if (discarded.compareAndSet(false, true)) {
      pool.evict(target);
      Place where =
          driver.place() == Place.PLATFORM_THREAD || driver instanceof EmbeddedDriver
              ? Place.PLATFORM_THREAD
              : Place.VIRTUAL_THREAD;
      HelperCall.start(where, Context.background(), SqlRunnable.callable(this::abortAndClose));
    }
    awaitBroken();
  }

  private void abortAndClose() {
    try {
      pool.breakable(target).abort(Runnable::run);
    } catch (SQLException | RuntimeException e) {
      // Broken already, or a driver that cannot: closing follows either way.
    }
    try {
      driver.closeBroken();
    } catch (SQLException | RuntimeException e) {
      // As above.
    } finally {
      broken.countDown();
    }
  }

  private void awaitBroken() {
    long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(BREAK_MILLIS);
    boolean interrupted = Thread.interrupted();
    boolean waiting = true;
    while (waiting) {
      try {
        boolean unused = broken.await(until - System.nanoTime(), TimeUnit.NANOSECONDS);
        waiting = false;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * A failure of a call that needs no server: on a connection that was discarded it comes from what
   * happened before, an end of the context or an interrupt.
   */
  SQLException explained(SQLException failure, String phase) throws SQLException {
    if (isDiscarded()) {
      Failures.throwIfDone(ctx, phase, null);
      if (Thread.currentThread().isInterrupted()) {
        return Failures.interrupted(phase, null, failure);
      }
    }
    return failure;
  }

  /** {@link DriverCalls#inFlight} of something that may take long. */
  <T extends @Nullable Object> T inFlight(
      @Nullable Statement statement, String phase, @Nullable String sql, SqlCallable<T> call)
      throws SQLException {
    return calls.inFlight(driver.place(), statement, phase, sql, call);
  }

  /** The same for an execution of {@code statement}. */
  <T extends @Nullable Object> T execute(
      Statement statement, String phase, @Nullable String sql, SqlCallable<T> call)
      throws SQLException {
    return inFlight(
        statement,
        phase,
        sql,
        () -> {
          used = true;
          sending(sql);
          boolean aborted = driver.isTransactionAborted();
          T result = limited(statement, call);
          if (aborted) {
            transaction.requireNotEnded();
          }
          if (sql != null) {
            driver.executed(sql);
          }
          return result;
        });
  }

  /** A statement is sent, or added to a batch that will be. */
  void sending(@Nullable String sql) {
    if (sql != null) {
      session.sending(sql);
      transaction.sending(sql);
    }
  }

  private <T extends @Nullable Object> T limited(Statement statement, SqlCallable<T> call)
      throws SQLException {
    long left = ctx().remainingNanos() / 1_000_000;
    return serverLimit.limited(statement, left + LIMIT_LAG, !transaction.isAutoCommit(), call);
  }

  /** The same for a move in rows that may fetch: there are very many of them. */
  <T extends @Nullable Object> T move(
      @Nullable Statement statement, String phase, SqlCallable<T> call) throws SQLException {
    return calls.inFlight(driver.movePlace(), statement, phase, null, call);
  }

  @Override
  void unwrapped() {
    unwrapped = true;
    session.unwrapped();
  }

  @Override
  @Nullable Object handle(Object proxy, Method method, @Nullable Object @Nullable [] arguments)
      throws SQLException {
    SqlCallable<@Nullable Object> call = () -> forward(method, arguments);
    return switch (method.getName()) {
      case "createStatement" -> statement(Statement.class, proxy, call, arguments);
      case "prepareStatement" -> statement(PreparedStatement.class, proxy, call, arguments);
      case "prepareCall" -> statement(CallableStatement.class, proxy, call, arguments);
      case "getMetaData" ->
          forward(method, arguments) instanceof DatabaseMetaData metaData
              ? ContextMetaData.wrap((Connection) proxy, this, metaData)
              : null;
      case "setAutoCommit" ->
          arguments != null && arguments[0] instanceof Boolean wanted
              ? transaction.setAutoCommit(wanted)
              : null;
      case "setReadOnly" -> {
        boolean before = target.isReadOnly();
        session.changed(method.getName(), () -> target.setReadOnly(before));
        yield inFlight(null, "changing the connection", null, call);
      }
      case "setTransactionIsolation" -> {
        int before =
            inFlight(null, "changing the connection", null, target::getTransactionIsolation);
        session.changed(method.getName(), () -> target.setTransactionIsolation(before));
        yield inFlight(null, "changing the connection", null, call);
      }
      case "setClientInfo" -> {
        try {
          yield inFlight(null, "changing the connection", null, call);
        } catch (SQLClientInfoException e) {
          throw e;
        } catch (SQLException e) { // which JDBC does not declare here
          throw new SQLClientInfoException(e.getMessage(), e.getSQLState(), Map.of(), e);
        }
      }
      case "commit" -> transaction.commit(call);
      case "rollback" -> {
        if (isDiscarded()) {
          yield null; // the server rolls back what a broken connection had begun
        }
        yield arguments == null
            ? transaction.rollback(call)
            : transaction.rollbackToSavepoint(call);
      }
      case "close" -> close(call);
      case "abort" -> calls.beside("aborting", call);
      case "isClosed" -> closed.get() || Boolean.TRUE.equals(forward(method, arguments));
      default ->
          LocalMethods.contains(method)
              ? forward(method, arguments)
              : ContextObject.wrapped(
                  this, null, inFlight(null, "calling " + method.getName(), null, call));
    };
  }

  private <S extends Statement> S statement(
      Class<S> type,
      Object proxy,
      SqlCallable<@Nullable Object> call,
      @Nullable Object @Nullable [] arguments)
      throws SQLException {
    String phase = "preparing a statement";
    String sql = arguments != null && arguments[0] instanceof String text ? text : null;
    boolean mayWait = type != Statement.class && driver.preparingMayWait();
    if (!mayWait) {
      refuseIfDone(phase, sql);
    }
    Object made = mayWait ? this.<@Nullable Object>inFlight(null, phase, sql, call) : call.call();
    if (made == null) {
      throw new SQLException("the driver made no statement");
    }
    return ContextStatement.wrap(type, (Connection) proxy, this, type.cast(made), sql);
  }

  private void refuseIfDone(String phase, @Nullable String sql) throws SQLException {
    Context obeyed = ctx();
    if (obeyed.isDone()) {
      session.cutShort();
      Failures.throwIfDone(obeyed, phase, sql);
    }
  }

  private @Nullable Object close(SqlCallable<@Nullable Object> call) throws SQLException {
    if (!closed.compareAndSet(false, true)) {
      return null;
    }
    try (permit;
        overdue) {
      calls.cancelOthers();
      openRows.leave(null);
      try {
        leaveClean();
      } catch (SQLException e) {
        discard();
      }
      // Some pools ask the server again.
      return unlessDiscarded(() -> calls.cleanUp("closing", call));
    }
  }

  /**
   * Takes the connection back from a borrower that does not return it. It is broken first, because
   * the borrower may be using it.
   *
   * @return whether it was still lent
   */
  boolean takeBack() throws SQLException {
    if (!closed.compareAndSet(false, true)) {
      return false;
    }
    try (permit) {
      discard();
      unlessDiscarded(() -> calls.cleanUp("closing", SqlRunnable.callable(target::close)));
    }
    return true;
  }

  /**
   * Closes something that is open on this connection. On one that was discarded it ends with that:
   * a call may still be inside the driver, and hold a lock that a close would wait for.
   */
  @Nullable Object closing(boolean mayWait, SqlCallable<@Nullable Object> call)
      throws SQLException {
    if (isDiscarded()) {
      return null;
    }
    return mayWait ? unlessDiscarded(() -> calls.cleanUp("closing", call)) : unlessDiscarded(call);
  }

  /** What was discarded, and broken, cannot be closed, and need not. */
  private @Nullable Object unlessDiscarded(SqlCallable<@Nullable Object> call) throws SQLException {
    try {
      return call.call();
    } catch (SQLException | RuntimeException e) {
      if (isDiscarded()) {
        return null;
      }
      throw e;
    }
  }

  /** Rolls back what is open, and leaves all as it was found: pools differ in what they do. */
  private void leaveClean() throws SQLException {
    boolean undo =
        pool.reuses() && (used || unwrapped) && (session.isCutShort() || isCutShort(ctx.status()));
    if (isDiscarded() || target.isClosed()) {
      return;
    }
    boolean untouched =
        transaction.isAutoCommit()
            && autoCommitAtFirst
            && !transaction.isOpenByText()
            && !session.isChanged();
    if (unwrapped && untouched && !undo) {
      requireIdle();
    } else if (!untouched || undo) {
      calls.cleanUp("rolling back", SqlRunnable.callable(() -> rollBackAndRestore(undo)));
    }
  }

  /** The driver's own connection may have been left in the midst of something, as a COPY. */
  private void requireIdle() throws SQLException {
    boolean valid =
        calls.cleanUp("asking whether the server is there", () -> target.isValid(VALID_SECONDS));
    if (!valid) {
      discard();
    }
  }

  private static boolean isCutShort(Status status) {
    return status == Status.CANCELLED || status == Status.DEADLINE_EXCEEDED;
  }

  private void rollBackAndRestore(boolean undo) throws SQLException {
    boolean autoCommit = transaction.isAutoCommit();
    if (!autoCommit) {
      target.rollback(); // also what was done through unwrap()
    } else if (transaction.isOpenByText()) {
      try (Statement statement = target.createStatement()) {
        statement.execute("rollback"); // which JDBC's method refuses under auto-commit
      }
    }
    if (undo) {
      if (!autoCommit) {
        target.setAutoCommit(true);
        autoCommit = true;
      }
      if (!session.undo()) {
        discard();
        return;
      }
    }
    if (autoCommit != autoCommitAtFirst) {
      target.setAutoCommit(autoCommitAtFirst);
    }
    session.restore();
  }
}
