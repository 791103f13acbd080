package dev.belay.jdbc;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.SQLException;
import java.sql.Wrapper;
import org.jspecify.annotations.Nullable;

/**
 * Passes a JDBC interface's methods on to the driver's object. A dynamic proxy, so that the whole
 * surface is there, also what later JDBC versions add.
 */
abstract class Forwarding<T extends Wrapper> implements InvocationHandler {
  final T target;

  Forwarding(T target) {
    this.target = target;
  }

  static <T> T proxy(Class<T> type, Forwarding<?> handler) {
    return type.cast(
        Proxy.newProxyInstance(Forwarding.class.getClassLoader(), new Class<?>[] {type}, handler));
  }

  @Override
  @SuppressWarnings("ReferenceEquality") // a proxy equals itself only
  public final @Nullable Object invoke(
      Object proxy, Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
    return switch (method.getName()) {
      case "equals" -> arguments != null && proxy == arguments[0];
      case "hashCode" -> System.identityHashCode(proxy);
      case "toString" -> getClass().getSimpleName() + "(" + target + ")";
      case "unwrap" -> unwrap(proxy, method, arguments);
      case "isWrapperFor" ->
          isInstance(target, arguments)
              || isInstance(proxy, arguments)
              || Boolean.TRUE.equals(forward(method, arguments));
      default -> handle(proxy, method, arguments);
    };
  }

  private @Nullable Object unwrap(
      Object proxy, Method method, @Nullable Object @Nullable [] arguments) throws SQLException {
    if (isInstance(proxy, arguments)) {
      return proxy;
    }
    return isInstance(target, arguments) ? target : forward(method, arguments);
  }

  private static boolean isInstance(Object object, @Nullable Object @Nullable [] arguments) {
    return arguments != null && arguments[0] instanceof Class<?> type && type.isInstance(object);
  }

  /** What a method does; {@link #forward} where nothing is to be added. */
  abstract @Nullable Object handle(
      Object proxy, Method method, @Nullable Object @Nullable [] arguments) throws SQLException;

  /** Calls the driver. */
  final @Nullable Object forward(Method method, @Nullable Object @Nullable [] arguments)
      throws SQLException {
    try {
      return method.invoke(target, arguments);
    } catch (InvocationTargetException e) {
      throw Failures.rethrown(e.getCause());
    } catch (IllegalAccessException e) {
      throw new SQLException("cannot call the driver's " + method, e);
    }
  }
}
