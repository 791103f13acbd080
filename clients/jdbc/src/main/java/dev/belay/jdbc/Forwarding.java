package dev.belay.jdbc;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * Passes a JDBC interface's methods on to the driver's object. A dynamic proxy, so that the whole
 * surface is there, also what later JDBC versions add.
 */
abstract class Forwarding<T> implements InvocationHandler {
  /** What each proxy is besides: drivers cast what they are given to their own classes. */
  interface Wrapped {
    Object driversOwn();
  }

  final T target;

  Forwarding(T target) {
    this.target = target;
  }

  static <T> T proxy(Class<T> type, Forwarding<?> handler) {
    return type.cast(
        Proxy.newProxyInstance(
            Forwarding.class.getClassLoader(), new Class<?>[] {type, Wrapped.class}, handler));
  }

  @Override
  @SuppressWarnings("ReferenceEquality") // a proxy equals itself only
  public final @Nullable Object invoke(
      Object proxy, Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
    return switch (method.getName()) {
      case "equals" -> arguments != null && proxy == arguments[0];
      case "hashCode" -> System.identityHashCode(proxy);
      case "toString" -> getClass().getSimpleName() + "(" + target + ")";
      case "driversOwn" -> target;
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
    unwrapped();
    return isInstance(target, arguments) ? target : forward(method, arguments);
  }

  /** The user gets the driver's own object, of which nothing is known from now on. */
  void unwrapped() {}

  private static boolean isInstance(Object object, @Nullable Object @Nullable [] arguments) {
    return arguments != null && arguments[0] instanceof Class<?> type && type.isInstance(object);
  }

  /** What a method does; {@link #forward} where nothing is to be added. */
  abstract @Nullable Object handle(
      Object proxy, Method method, @Nullable Object @Nullable [] arguments) throws SQLException;

  /** Calls the driver. */
  final @Nullable Object forward(Method method, @Nullable Object @Nullable [] arguments)
      throws SQLException {
    unwrapAll(arguments);
    try {
      return method.invoke(target, arguments);
    } catch (InvocationTargetException e) {
      throw Failures.rethrown(e.getCause());
    } catch (IllegalAccessException e) {
      throw new SQLException("cannot call the driver's " + method, e);
    }
  }

  private static void unwrapAll(@Nullable Object @Nullable [] arguments) {
    if (arguments != null) {
      for (int i = 0; i < arguments.length; i++) {
        if (arguments[i] instanceof Wrapped wrapped) {
          arguments[i] = wrapped.driversOwn();
        }
      }
    }
  }
}
