package dev.belay.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.CancellableContext;
import dev.belay.Context;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.Reader;
import java.lang.reflect.Array;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.math.BigDecimal;
import java.net.URI;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.ConnectionBuilder;
import java.sql.DatabaseMetaData;
import java.sql.Date;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.RowIdLifetime;
import java.sql.Statement;
import java.sql.Time;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Calendar;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.logging.Logger;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each method of JDBC's interfaces reaches the driver as it was called, and its answer comes back.
 */
class SurfaceTest {
  /** These lead back to what their user knows. */
  private static final Set<String> ANSWERED_HERE =
      Set.of("Statement.getConnection", "ResultSet.getStatement", "DatabaseMetaData.getConnection");

  /** So that the wrappers do not take the driver for another, nor a change of mode for none. */
  private static final Set<String> NO = Set.of("isWrapperFor", "getAutoCommit");

  /** What the driver's objects were asked, newest last. */
  private final List<Asked> asked = new ArrayList<>();

  private record Asked(Method method, Object[] arguments, Object answer) {
    boolean is(Method wanted, Object[] with) {
      return method.getName().equals(wanted.getName())
          && Arrays.equals(method.getParameterTypes(), wanted.getParameterTypes())
          && Arrays.equals(Objects.requireNonNullElse(arguments, new Object[0]), with);
    }
  }

  /** How an object of each kind is come by. */
  @FunctionalInterface
  private interface Way {
    Object from(Connection connection) throws Exception;
  }

  private static Map<Class<?>, Way> ways() {
    Map<Class<?>, Way> ways = new HashMap<>();
    ways.put(Connection.class, connection -> connection);
    ways.put(DatabaseMetaData.class, Connection::getMetaData);
    ways.put(Statement.class, Connection::createStatement);
    ways.put(PreparedStatement.class, connection -> connection.prepareStatement("select 1"));
    ways.put(CallableStatement.class, connection -> connection.prepareCall("call a()"));
    ways.put(ResultSet.class, c -> c.createStatement().executeQuery("select 1"));
    return ways;
  }

  static Stream<Class<?>> types() {
    return ways().keySet().stream();
  }

  /** The driver's object of some kind; writes down what it is asked. */
  private <T> T driver(Class<T> type) {
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
          Object answer = NO.contains(method.getName()) ? false : driversAnswer(method);
          asked.add(new Asked(method, arguments, answer));
          return answer;
        });
  }

  private Object driversAnswer(Method method) {
    Class<?> type = method.getReturnType();
    return ways().containsKey(type) ? driver(type) : sample(type);
  }

  private static Object sample(Class<?> type) {
    if (type.isArray()) {
      return Array.newInstance(type.getComponentType(), 0);
    }
    Object plain = PLAIN.get(type);
    if (plain != null || !type.isInterface()) {
      return plain;
    }
    return Stubs.of(
        type,
        (proxy, method, arguments) ->
            switch (method.getName()) {
              case "equals" -> proxy == arguments[0];
              case "hashCode" -> System.identityHashCode(proxy);
              default -> Stubs.nothing(method);
            });
  }

  private static final Map<Class<?>, Object> PLAIN =
      Map.ofEntries(
          Map.entry(boolean.class, true),
          Map.entry(byte.class, (byte) 1),
          Map.entry(short.class, (short) 2),
          Map.entry(int.class, 3),
          Map.entry(long.class, 4L),
          Map.entry(float.class, 5f),
          Map.entry(double.class, 6d),
          Map.entry(String.class, "text"),
          Map.entry(Object.class, "object"),
          Map.entry(Class.class, List.class),
          Map.entry(Map.class, Map.of()),
          Map.entry(BigDecimal.class, BigDecimal.ONE),
          Map.entry(Date.class, new Date(7)),
          Map.entry(Time.class, new Time(8)),
          Map.entry(Timestamp.class, new Timestamp(9)),
          Map.entry(Calendar.class, Calendar.getInstance()),
          Map.entry(Properties.class, new Properties()),
          Map.entry(InputStream.class, InputStream.nullInputStream()),
          Map.entry(Reader.class, Reader.nullReader()),
          Map.entry(PrintWriter.class, new PrintWriter(System.out, false)),
          Map.entry(Logger.class, Logger.getAnonymousLogger()),
          Map.entry(java.net.URL.class, url()),
          Map.entry(RowIdLifetime.class, RowIdLifetime.ROWID_UNSUPPORTED));

  private static java.net.URL url() {
    try {
      return URI.create("file:/").toURL();
    } catch (java.net.MalformedURLException e) {
      throw new AssertionError(e);
    }
  }

  private static Object[] arguments(Method method) {
    return Arrays.stream(method.getParameterTypes()).map(SurfaceTest::sample).toArray();
  }

  private static Object invoke(Object object, Method method, Object[] arguments) throws Throwable {
    try {
      return method.invoke(object, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  private Asked found(Method method, Object[] arguments) {
    return asked.stream()
        .filter(each -> each.is(method, arguments))
        .reduce((first, last) -> last)
        .orElseThrow(() -> new AssertionError(method + " never came; these did: " + asked));
  }

  @ParameterizedTest
  @MethodSource("types")
  void reachesTheDriver(Class<?> type, CancellableContext root) throws Throwable {
    for (Method method : type.getMethods()) {
      if (!Modifier.isStatic(method.getModifiers())) {
        reachesTheDriver(type, method, root);
      }
    }
  }

  private void reachesTheDriver(Class<?> type, Method method, Context ctx) throws Throwable {
    var source = ContextDataSource.wrap(Stubs.source(() -> driver(Connection.class)));
    Object wrapper = ways().get(type).from(source.connection(ctx));
    asked.clear();
    Object[] arguments = arguments(method);
    Object result = invoke(wrapper, method, arguments);
    String name = method.getDeclaringClass().getSimpleName() + "." + method.getName();
    if (ANSWERED_HERE.contains(name)) {
      assertThat(asked).as(name).isEmpty();
      assertThat(result).as(name).isInstanceOf(method.getReturnType());
      return;
    }
    Object answer = found(method, arguments).answer();
    if (ways().containsKey(method.getReturnType())) {
      assertThat(result).as(name).isInstanceOf(method.getReturnType()).isNotSameAs(answer);
      assertThat(result.toString()).as(name).startsWith("Context");
    } else if ((result + "").startsWith("ContextObject(")) {
      assertThat(result).as(name).isInstanceOf(method.getReturnType());
    } else if (answer instanceof InputStream || answer instanceof Reader) {
      assertThat(result).as(name).isInstanceOf(method.getReturnType()); // buffered, under a context
    } else {
      assertThat(result).as(name).isEqualTo(answer);
    }
  }

  @Test
  void reachesTheDataSource() throws Throwable {
    var source = ContextDataSource.wrap(driver(DataSource.class));
    for (Method method : DataSource.class.getMethods()) {
      Object[] arguments = arguments(method);
      Object result = invoke(source, method, arguments);
      Object answer = found(method, arguments).answer();
      if (method.getName().equals("getConnection")) {
        assertThat(result.toString()).startsWith("ContextConnection(");
      } else if (!method.getName().equals("createConnectionBuilder")) {
        assertThat(result).as(method.getName()).isEqualTo(answer);
      }
    }
  }

  @Test
  void whatABuilderBuildsObeysTheCurrentContext() throws Exception {
    var builder = driver(ConnectionBuilder.class);
    var source =
        ContextDataSource.wrap(Stubs.of(DataSource.class, (proxy, method, arguments) -> builder));
    Connection built =
        source
            .createConnectionBuilder()
            .user("text")
            .password("text")
            .shardingKey(null)
            .superShardingKey(null)
            .build();
    assertThat(built.toString()).startsWith("ContextConnection(");
    assertThat(asked)
        .extracting(each -> each.method().getName())
        .startsWith("user", "password", "shardingKey", "superShardingKey", "build");
  }
}
