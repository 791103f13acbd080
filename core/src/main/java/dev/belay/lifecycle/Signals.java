package dev.belay.lifecycle;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The JDK's signal handlers, {@code sun.misc.Signal} of the module {@code jdk.unsupported}. By
 * reflection: the module may be missing, and core compiles without it.
 */
final class Signals {
  private Signals() {}

  /**
   * Gives each arrival of {@code signal} to {@code handler}, on a thread of its own.
   *
   * @param signal {@code TERM}
   * @return undoes it; null where the module is missing or the JVM has the signal itself
   */
  static @Nullable Runnable handle(String signal, Consumer<String> handler) {
    try {
      ClassLoader platform = ClassLoader.getPlatformClassLoader();
      Class<?> signals = Class.forName("sun.misc.Signal", true, platform);
      Class<?> handlers = Class.forName("sun.misc.SignalHandler", true, platform);
      Object target = signals.getConstructor(String.class).newInstance(signal);
      var handle = signals.getMethod("handle", signals, handlers);
      Object before = handle.invoke(null, target, proxy(handlers, signal, handler));
      return () -> {
        try {
          handle.invoke(null, target, before);
        } catch (ReflectiveOperationException e) {
          throw new LinkageError("a handler that was there cannot be put back", e);
        }
      };
    } catch (InvocationTargetException e) {
      return null; // -Xrs
    } catch (ReflectiveOperationException e) {
      return null;
    }
  }

  private static Object proxy(Class<?> handlers, String signal, Consumer<String> handler) {
    InvocationHandler calls =
        (self, method, arguments) -> {
          if (method.getDeclaringClass() == Object.class) {
            return method.invoke(handler, arguments);
          }
          handler.accept(signal);
          return null;
        };
    return Proxy.newProxyInstance(
        ClassLoader.getPlatformClassLoader(), new Class<?>[] {handlers}, calls);
  }
}
