package dev.belay.jdbc;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import javax.sql.DataSource;

/** JDBC objects of which only some methods do anything. */
final class Stubs {
  private Stubs() {}

  static <T> T of(Class<T> type, InvocationHandler handler) {
    return type.cast(
        Proxy.newProxyInstance(Stubs.class.getClassLoader(), new Class<?>[] {type}, handler));
  }

  static DataSource source(SqlCallable<Connection> getConnection) {
    return of(
        DataSource.class,
        (proxy, method, arguments) ->
            method.getName().equals("getConnection") ? getConnection.call() : nothing(method));
  }

  /** What a pool that resets nothing would give. */
  static Connection unclosable(Connection connection) {
    return of(
        Connection.class,
        (proxy, method, arguments) -> {
          try {
            return method.getName().equals("close") ? null : method.invoke(connection, arguments);
          } catch (InvocationTargetException e) {
            throw e.getCause();
          }
        });
  }

  /** What a method returns that does nothing. */
  static Object nothing(Method method) {
    Class<?> type = method.getReturnType();
    if (type == boolean.class) {
      return false;
    }
    return type == int.class ? 0 : null;
  }
}
