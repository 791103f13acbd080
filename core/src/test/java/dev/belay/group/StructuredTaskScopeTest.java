package dev.belay.group;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Context;
import dev.belay.ContextCallable;
import dev.belay.Fixture;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

/**
 * Groups and the JDK's scopes inside each other. That API is a preview: it is called by reflection,
 * as of JDK 25, so that the tests need no preview class files.
 */
@EnabledForJreRange(min = JRE.JAVA_25)
class StructuredTaskScopeTest extends Fixture {
  private static final String NAME = "java.util.concurrent.StructuredTaskScope";

  /** Forks {@code task} in a scope, joins it and gives the result. */
  private static Object inScope(Callable<?> task) throws Exception {
    Class<?> type = Class.forName(NAME);
    try (var scope = (AutoCloseable) type.getMethod("open").invoke(null)) {
      Object subtask = type.getMethod("fork", Callable.class).invoke(scope, task);
      type.getMethod("join").invoke(scope);
      return Class.forName(NAME + "$Subtask").getMethod("get").invoke(subtask);
    }
  }

  private List<Object> inGroup(ContextCallable<Object, Exception> body) throws Exception {
    try (var group = TaskGroup.open(root)) {
      group.fork("fork", body);
      return group.join();
    }
  }

  @Test
  @DisplayName("R32: a group works inside a StructuredTaskScope, in its subtasks and beside them")
  void aGroupInsideAScope() throws Exception {
    assertThat(inScope(() -> inGroup(Context::toString)))
        .isEqualTo(List.of("background/test/fork"));
    Class<?> type = Class.forName(NAME);
    try (var scope = (AutoCloseable) type.getMethod("open").invoke(null)) {
      type.getMethod("fork", Callable.class).invoke(scope, (Callable<Object>) () -> 1);
      assertThat(inGroup(c -> "beside")).containsExactly("beside");
      type.getMethod("join").invoke(scope);
    }
  }

  @Test
  @DisplayName("R32: a StructuredTaskScope works inside a group, in its forks and beside them")
  void aScopeInsideAGroup() throws Exception {
    assertThat(inGroup(c -> inScope(() -> c.withName("deep").toString())))
        .containsExactly("background/test/fork/deep");
    try (var group = TaskGroup.open(root)) {
      group.fork("fork", c -> "a");
      assertThat(inScope(() -> "b")).isEqualTo("b");
      assertThat(group.join()).containsExactly("a");
    }
  }
}
