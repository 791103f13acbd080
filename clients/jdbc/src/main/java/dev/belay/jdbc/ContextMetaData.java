package dev.belay.jdbc;

import java.lang.reflect.Method;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Metadata whose queries obey the connection's context. */
final class ContextMetaData extends Forwarding<DatabaseMetaData> {
  private final Connection proxyOfConnection;
  private final ContextConnection connection;

  private ContextMetaData(
      Connection proxyOfConnection, ContextConnection connection, DatabaseMetaData target) {
    super(target);
    this.proxyOfConnection = proxyOfConnection;
    this.connection = connection;
  }

  static DatabaseMetaData wrap(
      Connection proxyOfConnection, ContextConnection connection, DatabaseMetaData target) {
    return proxy(
        DatabaseMetaData.class, new ContextMetaData(proxyOfConnection, connection, target));
  }

  @Override
  @Nullable Object handle(Object proxy, Method method, @Nullable Object @Nullable [] arguments)
      throws SQLException {
    if (method.getName().equals("getConnection")) {
      return proxyOfConnection;
    }
    if (LocalMethods.contains(method)) {
      return forward(method, arguments);
    }
    return ContextObject.wrapped(
        connection,
        null,
        connection.inFlight(
            null, "reading metadata", method.getName(), () -> forward(method, arguments)));
  }
}
