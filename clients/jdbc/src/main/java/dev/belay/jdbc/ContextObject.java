package dev.belay.jdbc;

import java.io.InputStream;
import java.io.OutputStream;
import java.io.Reader;
import java.io.Writer;
import java.lang.reflect.Method;
import java.sql.Array;
import java.sql.Blob;
import java.sql.Clob;
import java.sql.NClob;
import java.sql.ParameterMetaData;
import java.sql.Ref;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.SQLXML;
import java.sql.Statement;
import java.sql.Struct;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An object of the driver that may ask the server when it is used: a LOB, an array, metadata. */
final class ContextObject extends Forwarding<Object> {
  /** The interfaces of such objects, the more special ones first. */
  private static final List<Class<?>> TYPES =
      List.of(
          NClob.class,
          Clob.class,
          Blob.class,
          Array.class,
          Ref.class,
          Struct.class,
          SQLXML.class,
          ResultSetMetaData.class,
          ParameterMetaData.class);

  private final ContextConnection connection;
  private final @Nullable Statement statement;
  private final String name;

  private ContextObject(
      ContextConnection connection, @Nullable Statement statement, Object target, String name) {
    super(target);
    this.connection = connection;
    this.statement = statement;
    this.name = name;
  }

  /**
   * Makes {@code result}, which a driver has returned, obey the connection's context if it may ask
   * the server; else it stays as it is.
   *
   * @param statement the driver's own, that it came from; null if there is none
   */
  static @Nullable Object wrapped(
      ContextConnection connection, @Nullable Statement statement, @Nullable Object result)
      throws SQLException {
    return switch (result) {
      case null -> null;
      case String text -> text;
      case ResultSet rows -> ContextResultSet.wrapInner(statement, connection, rows);
      case InputStream in -> ContextStreams.input(connection, statement, in);
      case OutputStream out -> ContextStreams.output(connection, statement, out);
      case Reader reader -> ContextStreams.reader(connection, statement, reader);
      case Writer writer -> ContextStreams.writer(connection, statement, writer);
      default -> {
        for (Class<?> type : TYPES) {
          if (type.isInstance(result)) {
            yield proxy(
                type, new ContextObject(connection, statement, result, type.getSimpleName()));
          }
        }
        yield result;
      }
    };
  }

  @Override
  @Nullable Object handle(Object proxy, Method method, @Nullable Object @Nullable [] arguments)
      throws SQLException {
    SqlCallable<@Nullable Object> call = () -> forward(method, arguments);
    if (method.getName().equals("free")) {
      return connection.closing(true, call);
    }
    if (LocalMethods.contains(method)) {
      return call.call();
    }
    String phase = "reading " + name + "." + method.getName();
    return wrapped(connection, statement, connection.move(statement, phase, call));
  }
}
