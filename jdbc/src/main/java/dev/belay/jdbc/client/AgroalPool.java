package dev.belay.jdbc.client;

import java.sql.Connection;

/** Agroal: an interrupted wait does not say so, and an aborted connection never comes back. */
final class AgroalPool extends MarkingPool {
  @Override
  void mark(Connection connection) throws ReflectiveOperationException {
    Object handler = connection.getClass().getMethod("getHandler").invoke(connection);
    handler.getClass().getMethod("setFlushOnly").invoke(handler);
  }
}
