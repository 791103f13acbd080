package dev.belay.jdbc;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** A call of the driver that has no result. */
@FunctionalInterface
interface SqlRunnable {
  void run() throws SQLException;

  static SqlCallable<@Nullable Object> callable(SqlRunnable call) {
    return () -> {
      call.run();
      return null;
    };
  }
}
