package dev.belay.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ForwardingTimeSourceTest {
  private static final TimeSource.Timer TIMER = () -> {};

  @Test
  void everyMethodGoesToTheOtherTimeSource() throws ReflectiveOperationException {
    List<String> called = new ArrayList<>();
    TimeSource other =
        (TimeSource)
            Proxy.newProxyInstance(
                TimeSource.class.getClassLoader(),
                new Class<?>[] {TimeSource.class},
                (proxy, method, arguments) -> {
                  called.add(method.getName());
                  return value(method.getReturnType());
                });
    var forwarding = new ForwardingTimeSource(other) {};
    List<Method> methods =
        Arrays.stream(TimeSource.class.getDeclaredMethods())
            .filter(method -> !Modifier.isStatic(method.getModifiers()) && !method.isSynthetic())
            .toList();
    assertThat(methods).isNotEmpty();
    for (Method method : methods) {
      called.clear();
      Object[] arguments =
          Arrays.stream(method.getParameterTypes()).map(this::value).toArray(Object[]::new);
      assertThat(method.invoke(forwarding, arguments)).isEqualTo(value(method.getReturnType()));
      assertThat(called).containsExactly(method.getName());
    }
  }

  private Object value(Class<?> type) {
    if (type == long.class) {
      return 7L;
    } else if (type == Instant.class) {
      return Instant.EPOCH;
    } else if (type == TimeSource.class) {
      return TimeSource.system();
    } else if (type == TimeSource.Timer.class) {
      return TIMER;
    } else if (type == Runnable.class) {
      return (Runnable) () -> {};
    } else if (type == Thread.class) {
      return Thread.currentThread();
    }
    return type == void.class ? null : "any";
  }

  @Test
  void aMissingTimeSourceIsRefused() {
    assertThatNullPointerException().isThrownBy(() -> new ForwardingTimeSource(null) {});
  }
}
