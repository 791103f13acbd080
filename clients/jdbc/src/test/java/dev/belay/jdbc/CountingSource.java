package dev.belay.jdbc;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.postgresql.core.BaseConnection;

/** Counts what a driver connects, cancels and fails to roll back. */
final class CountingSource {
  private final AtomicInteger opened = new AtomicInteger();
  private final AtomicInteger cancels = new AtomicInteger();
  private final AtomicInteger doubtful = new AtomicInteger();
  private final Set<Connection> notRolledBack = ConcurrentHashMap.newKeySet();
  private final String url;

  CountingSource(String url) {
    this.url = url;
  }

  int opened() {
    return opened.get();
  }

  int cancels() {
    return cancels.get();
  }

  /** Cancels that failed, or took so long that nobody can say whether they have arrived. */
  int doubtful() {
    return doubtful.get();
  }

  /** Connections on which a rollback failed. */
  int notRolledBack() {
    return notRolledBack.size();
  }

  DataSource source() {
    return Stubs.source(this::connect);
  }

  private Connection connect() throws SQLException {
    Connection connection = DriverManager.getConnection(url);
    opened.incrementAndGet();
    // One of each connection, as there is one physical connection.
    Object counted =
        connection.isWrapperFor(BaseConnection.class)
            ? counted(BaseConnection.class, connection)
            : null;
    return Stubs.of(
        Connection.class,
        (proxy, method, arguments) ->
            switch (method.getName()) {
              case "createStatement" ->
                  counted(Statement.class, forward(connection, method, arguments));
              case "prepareStatement" ->
                  counted(PreparedStatement.class, forward(connection, method, arguments));
              case "rollback" -> rollback(connection, method, arguments);
              case "unwrap" ->
                  arguments[0].equals(BaseConnection.class)
                      ? counted
                      : forward(connection, method, arguments);
              default -> forward(connection, method, arguments);
            });
  }

  private <T> T counted(Class<T> type, Object target) {
    return Stubs.of(
        type,
        (proxy, method, arguments) ->
            switch (method.getName()) {
              case "equals" -> proxy == arguments[0];
              case "hashCode" -> System.identityHashCode(proxy);
              case "cancel", "cancelQuery" -> timed(target, method);
              default -> forward(target, method, arguments);
            });
  }

  private Object rollback(Connection connection, Method method, Object... arguments)
      throws Throwable {
    try {
      return forward(connection, method, arguments);
    } catch (SQLException e) {
      notRolledBack.add(connection);
      throw e;
    }
  }

  private Object timed(Object target, Method method) throws Throwable {
    cancels.incrementAndGet();
    long began = System.nanoTime();
    boolean arrived = false;
    try {
      forward(target, method);
      // Some less than what counts as long, for the time that our own count takes.
      arrived = System.nanoTime() - began < StatementCanceller.SURE_NANOS * 9 / 10;
    } finally {
      if (!arrived) {
        doubtful.incrementAndGet();
      }
    }
    return null;
  }

  private static Object forward(Object target, Method method, Object... arguments)
      throws Throwable {
    try {
      return method.invoke(target, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }
}
