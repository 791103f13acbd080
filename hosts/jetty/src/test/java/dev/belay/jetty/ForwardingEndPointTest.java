package dev.belay.jetty;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;
import org.eclipse.jetty.io.EndPoint;
import org.junit.jupiter.api.Test;

class ForwardingEndPointTest {
  /** Built by Jetty from the others, or for datagrams only. */
  private static final List<String> DERIVED = List.of("close()", "receive", "send");

  @Test
  void everyMethodOfAnEndPointIsForwardedOrTakenOver() {
    assertThat(Arrays.stream(EndPoint.class.getMethods()))
        .filteredOn(method -> !Modifier.isStatic(method.getModifiers()) && !isDerived(method))
        .allSatisfy(
            method ->
                assertThat(
                        WatchEndPoint.class
                            .getMethod(method.getName(), method.getParameterTypes())
                            .getDeclaringClass())
                    .as(method.toString())
                    .isIn(ForwardingEndPoint.class, WatchEndPoint.class));
  }

  private static boolean isDerived(Method method) {
    String name = method.getName() + (method.getParameterCount() == 0 ? "()" : "");
    return DERIVED.contains(name);
  }
}
