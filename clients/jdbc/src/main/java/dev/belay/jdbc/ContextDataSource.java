package dev.belay.jdbc;

import dev.belay.CheckReturnValue;
import dev.belay.Context;
import dev.belay.spi.Permits;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.ConnectionBuilder;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.ShardingKeyBuilder;
import java.time.Duration;
import java.util.Objects;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A {@link DataSource} whose connections obey a context. It does not own the one it wraps: the
 * creator of that closes it.
 *
 * <p>Code that has a context calls {@link #connection(Context)}. Frameworks that know only {@link
 * #getConnection()} get a connection under {@link Context#current()}. Everything done through a
 * connection obeys its context; a connection serves one thread at a time and is closed by the code
 * that requested it. When the context ends:
 *
 * <ul>
 *   <li>the wait for a connection ends; one that arrives late is returned to the pool;
 *   <li>the statement in flight is cancelled inside the server, repeatedly until it has ended, and
 *       the connection is used again only when no cancel is under way;
 *   <li>no further statement is sent, and a commit throws; rollback and close still work. Inside
 *       {@link Context#callShielded} the connection obeys the shield instead;
 *   <li>a connection that is not closed is taken back a second later, and discarded.
 * </ul>
 *
 * <p>When all connections are lent, calls wait in an order of their own before the pool, whose
 * queue stays empty ({@link Permits}): requests that have had a connection before go first; then
 * first come first served, and newest first once the queue stands. That is what keeps a service
 * under overload answering. The pool's size is known of HikariCP, Agroal and pools that have a
 * getter for it, such as Tomcat's, DBCP and c3p0; others are given it by {@link #withPermits},
 * which also switches the order off. A call waits no longer than the pool would let it: HikariCP's
 * and Agroal's time-out, or 30 seconds.
 *
 * <p>A call that was ended throws {@link java.sql.SQLTimeoutException} for a deadline and {@link
 * SQLException} for a cancel, with the {@link dev.belay.ContextEndedException} as the cause and the
 * driver's exception below that.
 *
 * <p>An interrupt of the calling thread cancels the statement too, and is kept; the exception's
 * cause is an {@link InterruptedException} then. It neither breaks the connection nor leaves the
 * query running. No statement is sent by a thread that is interrupted already; commit, rollback and
 * close are not touched by interrupts. On a virtual thread each call of the driver runs on a thread
 * of its own, under the same context; of the caller's thread-locals it has those that an installed
 * {@link dev.belay.spi.ContextCarrier} copies.
 *
 * <p>What is sent as text is not understood beyond its first words: {@code commit} and {@code
 * rollback} as statements are treated as the methods of that name; do not hide one behind another
 * statement or in a batch. A transaction that {@code begin} as a statement has left open is rolled
 * back when the connection is closed. Messages show a statement's beginning, every literal in it as
 * a question mark. What is reached by {@code unwrap} is the driver's own and obeys nothing.
 *
 * <p>A batch is executed completely or not at all, under auto-commit as well: it is a transaction
 * of its own then. A statement that the database itself commits, as some do with DDL, stays done.
 *
 * <p>Known drivers are pgjdbc, MariaDB's with MariaDB, MySQL's, H2, SQLite and DuckDB. Every other
 * driver gets a new connection after each cancel that was sent.
 *
 * <ul>
 *   <li>pgjdbc: do not put a proxy between driver and server that answers cancels before it has
 *       passed them on.
 *   <li>MariaDB: a cancel needs a free connection of the server. Rows that stream are cancelled
 *       when they are left early, because the driver would read all the rest.
 *   <li>MySQL: a cancel needs a free connection of the server. With MySQL's own server, a
 *       connection whose user was cut short is replaced; with MariaDB's it is used again.
 *   <li>H2: say {@code ;QUERY_CACHE_SIZE=0}, else a connection that was cancelled on is replaced,
 *       which drops a database in memory if it was the last one. A wait for a row's lock ends at
 *       once in memory and with {@code jdbc:h2:async:}; from any other the call returns a second
 *       after the end. Statements run on a platform thread of their own.
 *   <li>SQLite: a cancelled insert, update or delete rolls the whole transaction back; if that has
 *       ended it, the connection is replaced.
 *   <li>DuckDB: a cancel that hits the begin of a transaction, which the driver sends with the
 *       first statement, costs the connection.
 *   <li>H2, SQLite, DuckDB: a statement of a virtual thread runs on a platform thread, because it
 *       works there instead of waiting.
 * </ul>
 */
public final class ContextDataSource implements DataSource {
  /** A cancel costs a connect and an answer; one that takes longer is stuck. */
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private final DataSource target;
  private final Pool pool;
  private final Permits permits;
  private final Duration patience;
  private final boolean limited;

  private ContextDataSource(
      DataSource target, Pool pool, Permits permits, Duration patience, boolean limited) {
    this.target = target;
    this.pool = pool;
    this.permits = permits;
    this.patience = patience;
    this.limited = limited;
  }

  /**
   * Wraps {@code target}: a pool, or a driver's own. A pool that gives every thread the same
   * connections may be asked by a helper thread, under the context: HikariCP (on behalf of a
   * virtual thread), Tomcat's JDBC pool, Agroal, Spring's {@code DriverManagerDataSource}, and a
   * data source in its driver's package. Every other one is called by the calling thread, so it may
   * choose by a thread-local; the end of the context interrupts that thread, which does not stop a
   * platform thread that connects: {@link #withHelperThreads} does.
   */
  public static ContextDataSource wrap(DataSource target) {
    return wrap(target, PATIENCE);
  }

  static ContextDataSource wrap(DataSource target, Duration patience) {
    Pool pool = Pool.of(Objects.requireNonNull(target, "target is null: pass a pool"));
    return new ContextDataSource(target, pool, new Permits(pool::size), patience, false);
  }

  /**
   * The same source, but the server itself ends each statement a second or two after the deadline,
   * should no cancel reach it by then. For PostgreSQL and MariaDB; elsewhere it changes nothing.
   *
   * <ul>
   *   <li>PostgreSQL: {@code statement_timeout}, set before each statement, which costs a round
   *       trip, and taken back when the transaction ends or the connection is closed. A session
   *       that has one of its own keeps that. It does not hold for commits, and starts again for
   *       each portion of rows that is fetched. Not for a proxy that lends a session without a
   *       transaction around it.
   *   <li>MariaDB: the driver's query timeout, which is sent with the statement. A shorter one that
   *       the statement has already is kept.
   * </ul>
   */
  @CheckReturnValue
  public ContextDataSource withServerLimit() {
    return new ContextDataSource(target, pool, permits, patience, true);
  }

  /**
   * The same source, but it lends at most {@code most} connections at a time; calls beyond that
   * wait in the order of R41. For a pool whose size is not known, or one that other code uses as
   * well. {@code Integer.MAX_VALUE} leaves the order to the pool.
   *
   * @throws IllegalArgumentException if {@code most} is not positive
   */
  @CheckReturnValue
  public ContextDataSource withPermits(int most) {
    if (most <= 0) {
      throw new IllegalArgumentException(most + " connections: pass 1 or more");
    }
    return new ContextDataSource(target, pool, new Permits(() -> most), patience, limited);
  }

  /**
   * The same source, but a helper thread asks the target for connections, so that a call returns
   * when its context ends, whatever the target does. That is so already for the targets that {@link
   * #wrap} names; say it for another one that gives every thread the same, not for one that chooses
   * by a thread-local.
   */
  @CheckReturnValue
  public ContextDataSource withHelperThreads() {
    return pool.usesHelperThread()
        ? this
        : new ContextDataSource(target, new PlainPool(target, true), permits, patience, limited);
  }

  /**
   * A connection that obeys {@code ctx} until it is closed.
   *
   * @throws SQLException if none is available, or the context ends first
   */
  public Connection connection(Context ctx) throws SQLException {
    return open(ctx, target::getConnection);
  }

  /** A connection that obeys {@link Context#current()}. */
  @Override
  public Connection getConnection() throws SQLException {
    return connection(Context.current());
  }

  /** A connection of that user that obeys {@link Context#current()}. */
  @Override
  public Connection getConnection(String username, String password) throws SQLException {
    return open(Context.current(), () -> target.getConnection(username, password));
  }

  /** The wrapped source's own, whose connections obey {@link Context#current()}. */
  @Override
  public ConnectionBuilder createConnectionBuilder() throws SQLException {
    return new ContextConnectionBuilder(
        target.createConnectionBuilder(), connect -> open(Context.current(), connect));
  }

  @Override
  public ShardingKeyBuilder createShardingKeyBuilder() throws SQLException {
    return target.createShardingKeyBuilder();
  }

  private Connection open(Context ctx, SqlCallable<Connection> source) throws SQLException {
    Objects.requireNonNull(ctx, "ctx is null: pass Context.todo() if you do not know which");
    Lent lent = ConnectionWait.await(ctx, pool, permits, patience, source);
    try {
      return ContextConnection.wrap(ctx, lent, pool, patience, limited);
    } catch (SQLException | RuntimeException e) {
      try (lent) {
        throw e;
      }
    }
  }

  @Override
  public @Nullable PrintWriter getLogWriter() throws SQLException {
    return target.getLogWriter();
  }

  @Override
  public void setLogWriter(@Nullable PrintWriter out) throws SQLException {
    target.setLogWriter(out);
  }

  @Override
  public void setLoginTimeout(int seconds) throws SQLException {
    target.setLoginTimeout(seconds);
  }

  @Override
  public int getLoginTimeout() throws SQLException {
    return target.getLoginTimeout();
  }

  @Override
  public Logger getParentLogger() throws SQLFeatureNotSupportedException {
    return target.getParentLogger();
  }

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    if (type.isInstance(this)) {
      return type.cast(this);
    }
    return type.isInstance(target) ? type.cast(target) : target.unwrap(type);
  }

  @Override
  public boolean isWrapperFor(Class<?> type) throws SQLException {
    return type.isInstance(this) || type.isInstance(target) || target.isWrapperFor(type);
  }

  /** For messages: how many connections are lent, and how many calls wait. */
  @Override
  public String toString() {
    return "connections of " + target.getClass().getSimpleName() + ": " + permits;
  }
}
