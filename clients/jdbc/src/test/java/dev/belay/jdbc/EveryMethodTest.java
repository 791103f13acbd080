package dev.belay.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Context;
import dev.belay.ContextEndedException;
import dev.belay.testkit.Attempt;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.sql.Array;
import java.sql.Blob;
import java.sql.CallableStatement;
import java.sql.Clob;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.NClob;
import java.sql.ParameterMetaData;
import java.sql.PreparedStatement;
import java.sql.Ref;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.SQLXML;
import java.sql.Statement;
import java.sql.Struct;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each method of JDBC's interfaces is listed as one that may ask the server or one that never does.
 * Of a driver that is not known each one of the first kind ends when its server does not answer.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EveryMethodTest {
  private static final Duration DEADLINE = Duration.ofMillis(400);
  private static final Duration MOST_TIME = Duration.ofSeconds(10);
  private static final Duration PATIENCE = Duration.ofMillis(50);

  /** These clean up, so they return normally when the connection is broken. */
  private static final Set<String> QUIET = Set.of("close", "free", "rollback");

  /** How an object of each kind is come by. */
  @FunctionalInterface
  private interface Way {
    Object from(Connection connection) throws Exception;
  }

  private static final Map<Class<?>, Way> WAYS = new LinkedHashMap<>();

  static {
    WAYS.put(Connection.class, connection -> connection);
    WAYS.put(DatabaseMetaData.class, Connection::getMetaData);
    WAYS.put(Statement.class, Connection::createStatement);
    WAYS.put(PreparedStatement.class, connection -> connection.prepareStatement("select 1"));
    WAYS.put(CallableStatement.class, connection -> connection.prepareCall("call a()"));
    WAYS.put(ResultSet.class, c -> c.createStatement().executeQuery("select 1"));
    WAYS.put(ResultSetMetaData.class, c -> c.prepareStatement("select 1").getMetaData());
    WAYS.put(ParameterMetaData.class, c -> c.prepareStatement("select 1").getParameterMetaData());
    WAYS.put(Array.class, connection -> connection.createArrayOf("a", new Object[0]));
    WAYS.put(Blob.class, Connection::createBlob);
    WAYS.put(Clob.class, Connection::createClob);
    WAYS.put(NClob.class, Connection::createNClob);
    WAYS.put(Ref.class, c -> c.createStatement().executeQuery("select 1").getRef(1));
    WAYS.put(Struct.class, connection -> connection.createStruct("a", new Object[0]));
    WAYS.put(SQLXML.class, Connection::createSQLXML);
  }

  static Stream<Class<?>> types() {
    return WAYS.keySet().stream();
  }

  /** By interface and kind, which is "local", "row" or "asks". */
  private final Map<String, Map<String, Set<String>>> listed = new LinkedHashMap<>();

  @BeforeAll
  void readList() throws Exception {
    try (var reader =
        new BufferedReader(
            new InputStreamReader(
                EveryMethodTest.class.getResourceAsStream("methods.txt"),
                StandardCharsets.UTF_8))) {
      Map<String, Set<String>> kinds = Map.of();
      Set<String> names = Set.of();
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        if (line.startsWith("#")) {
          continue;
        }
        if (line.startsWith("== ")) {
          kinds = new LinkedHashMap<>();
          listed.put(line.substring(3), kinds);
          continue;
        }
        for (String word : line.split(" +", -1)) {
          if (word.endsWith(":")) {
            names = kinds.computeIfAbsent(word, kind -> new TreeSet<>());
          } else {
            names.add(word);
          }
        }
      }
    }
  }

  private Set<String> listed(Class<?> type, String kind) {
    return listed.get(type.getSimpleName()).getOrDefault(kind, Set.of());
  }

  private static List<Method> methodsOf(Class<?> type) {
    return Arrays.stream(type.getDeclaredMethods())
        .filter(method -> !Modifier.isStatic(method.getModifiers()) && !method.isSynthetic())
        .toList();
  }

  @ParameterizedTest
  @MethodSource("types")
  void isListedOnce(Class<?> type) {
    Set<String> all = new HashSet<>();
    for (Set<String> names : listed.get(type.getSimpleName()).values()) {
      assertThat(names).noneMatch(all::contains);
      all.addAll(names);
    }
    assertThat(methodsOf(type)).extracting(Method::getName).allMatch(all::contains);
    for (Method method : methodsOf(type)) {
      assertThat(LocalMethods.contains(method))
          .as(method.toString())
          .isEqualTo(listed(type, "local:").contains(method.getName()));
    }
  }

  /** A driver of which one method waits until its connection is aborted. */
  private static final class Driver {
    private final CountDownLatch aborted = new CountDownLatch(1);
    private volatile Method stalled;
    private volatile boolean reached;

    /** Waits no more, so that the connection can be closed. */
    void release() {
      stalled = null;
      aborted.countDown();
    }

    <T> T object(Class<T> type) {
      return Stubs.of(
          type,
          (proxy, method, arguments) -> {
            if (method.getDeclaringClass() == Object.class) {
              return switch (method.getName()) {
                case "hashCode" -> System.identityHashCode(proxy);
                case "equals" -> proxy == arguments[0];
                default -> "driver's";
              };
            }
            if (method.equals(stalled)) {
              reached = true;
              aborted.await();
              throw new SQLException("broken", "08006");
            }
            return switch (method.getName()) {
              case "abort" -> {
                aborted.countDown();
                yield null;
              }
              case "getAutoCommit" -> true;
              default ->
                  WAYS.containsKey(method.getReturnType())
                      ? object(method.getReturnType())
                      : Stubs.nothing(method);
            };
          });
    }
  }

  /** One method of one object, waiting in the driver. */
  private record Waiting(Method method, On on, Driver driver, Attempt<Object> attempt) {}

  @ParameterizedTest
  @MethodSource("types")
  void endsWithItsContext(Class<?> type, Context root) throws Throwable {
    List<Waiting> all = new ArrayList<>();
    for (Method method : methodsOf(type)) {
      if (!listed(type, "local:").contains(method.getName())) {
        for (On on : On.values()) {
          all.add(start(type, method, on, root, DEADLINE));
        }
      }
    }
    for (Waiting first : all) {
      Waiting each = reached(first, type, root);
      String name = each.method.toString();
      Throwable failure = each.attempt.failure();
      if (!QUIET.contains(each.method.getName())) {
        assertThat(failure).as(name).isInstanceOf(SQLException.class);
        assertThat(causes(failure))
            .as(name)
            .hasAtLeastOneElementOfType(ContextEndedException.class);
      }
    }
  }

  /** On a busy machine the deadline may pass before the call: then once more, with more time. */
  private static Waiting reached(Waiting first, Class<?> type, Context root) throws Exception {
    Waiting each = first;
    Duration deadline = DEADLINE;
    while (each.attempt.failure() != null
        && !each.driver.reached
        && deadline.compareTo(MOST_TIME) < 0) {
      deadline = deadline.multipliedBy(2);
      each = start(type, each.method, each.on, root, deadline);
    }
    assertThat(each.driver.reached).as("reached by " + each.method).isTrue();
    return each;
  }

  private static Waiting start(
      Class<?> type, Method method, On on, Context root, Duration deadline) {
    var driver = new Driver();
    var source =
        ContextDataSource.wrap(Stubs.source(() -> driver.object(Connection.class)), PATIENCE);
    Attempt<Object> attempt =
        on.start(
            () -> {
              try (var ctx = root.withTimeout(deadline);
                  Connection connection = source.connection(ctx)) {
                if (method.getName().equals("rollback")) {
                  connection.setAutoCommit(false);
                }
                Object object = WAYS.get(type).from(connection);
                driver.stalled = method;
                try {
                  return method.invoke(object, arguments(method));
                } finally {
                  driver.release();
                }
              } catch (InvocationTargetException e) {
                throw e.getCause() instanceof Exception own ? own : e;
              }
            });
    return new Waiting(method, on, driver, attempt);
  }

  private static Object[] arguments(Method method) {
    return Arrays.stream(method.getParameterTypes())
        .map(
            type -> {
              if (type == boolean.class) {
                return (Object) false;
              }
              if (type == String.class) {
                return "text";
              }
              return type.isPrimitive() ? Primitives.zero(type) : anything(type, method);
            })
        .toArray();
  }

  /** An object that no driver knows, where one is taken. */
  private static Object anything(Class<?> type, Method method) {
    return type == Object.class && method.getName().equals("setObject")
        ? new StringBuilder()
        : null;
  }

  /** The zeros of the primitive types. */
  private static final class Primitives {
    static Object zero(Class<?> type) {
      return java.lang.reflect.Array.get(java.lang.reflect.Array.newInstance(type, 1), 0);
    }
  }

  private static List<Throwable> causes(Throwable failure) {
    List<Throwable> causes = new ArrayList<>();
    for (Throwable t = failure; t != null; t = t.getCause()) {
      causes.add(t);
    }
    return causes;
  }
}
