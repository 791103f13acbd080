package dev.belay.testkit.faults;

import java.io.PrintWriter;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Statement;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A data source whose database does not answer, as a driver sees it: neither a cancel nor an
 * interrupt ends a call, only the end of its connection. The test that opens it closes it, which
 * fails the calls that are stalled. Any thread may call any method.
 */
public final class StalledDataSource implements DataSource, AutoCloseable {
  private final boolean atConnect;
  private final Gauge stalled = new Gauge("stalled calls");
  private final Set<StalledConnection> connections = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  private StalledDataSource(boolean atConnect) {
    this.atConnect = atConnect;
  }

  /** {@link #getConnection()} stalls. */
  public static StalledDataSource atConnect() {
    return new StalledDataSource(true);
  }

  /**
   * Gives connections; what executes a statement, commits or rolls back stalls until the connection
   * is closed or aborted. Other methods do nothing.
   */
  public static StalledDataSource atStatements() {
    return new StalledDataSource(false);
  }

  /**
   * Waits until so many calls are stalled.
   *
   * @throws AssertionError if there are more or fewer after a minute
   */
  public void awaitStalled(int calls) throws InterruptedException {
    stalled.await(calls);
  }

  @Override
  public Connection getConnection() throws SQLException {
    var connection = new StalledConnection();
    connections.add(connection);
    if (closed) {
      connection.end();
    }
    if (atConnect) {
      throw connection.stall();
    }
    return connection.object(Connection.class);
  }

  @Override
  public Connection getConnection(String username, String password) throws SQLException {
    return getConnection();
  }

  @Override
  public void close() {
    closed = true;
    connections.forEach(StalledConnection::end);
  }

  /** A connection and its statements. */
  private final class StalledConnection implements InvocationHandler {
    private final CountDownLatch ended = new CountDownLatch(1);

    void end() {
      connections.remove(this);
      ended.countDown();
    }

    /** Until this connection has ended, deaf to interrupts, which it keeps. */
    SQLException stall() {
      boolean interrupted = false;
      stalled.add(1);
      while (ended.getCount() > 0) {
        try {
          ended.await();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      stalled.add(-1);
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
      return new SQLException("the connection has ended", "08006");
    }

    <T> T object(Class<T> type) {
      return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, this));
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // the identity of a proxy
    public @Nullable Object invoke(Object self, Method method, Object @Nullable [] arguments)
        throws SQLException {
      String name = method.getName();
      if (name.startsWith("execute") || name.equals("commit") || name.equals("rollback")) {
        throw stall();
      }
      if (self instanceof Connection && (name.equals("close") || name.equals("abort"))) {
        end();
      }
      return switch (name) {
        case "isClosed" -> ended.getCount() == 0;
        case "getAutoCommit", "isValid" -> ended.getCount() > 0;
        case "equals" -> arguments != null && self == arguments[0];
        case "hashCode" -> System.identityHashCode(self);
        case "toString" -> "stalled " + self.getClass().getInterfaces()[0].getSimpleName();
        case "createStatement" -> object(Statement.class);
        case "prepareStatement" -> object(PreparedStatement.class);
        default -> nothing(method.getReturnType());
      };
    }
  }

  private static @Nullable Object nothing(Class<?> type) {
    if (type == boolean.class) {
      return false;
    }
    return type == int.class ? (Object) 0 : type == long.class ? (Object) 0L : null;
  }

  // ---- what a data source has beside connections

  @Override
  public @Nullable PrintWriter getLogWriter() {
    return null;
  }

  @Override
  public void setLogWriter(@Nullable PrintWriter out) {}

  @Override
  public void setLoginTimeout(int seconds) {}

  @Override
  public int getLoginTimeout() {
    return 0;
  }

  @Override
  public Logger getParentLogger() throws SQLFeatureNotSupportedException {
    throw new SQLFeatureNotSupportedException("there is no log");
  }

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    if (!type.isInstance(this)) {
      throw new SQLException("not a " + type.getName());
    }
    return type.cast(this);
  }

  @Override
  public boolean isWrapperFor(Class<?> type) {
    return type.isInstance(this);
  }
}
