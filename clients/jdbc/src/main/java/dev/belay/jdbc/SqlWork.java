package dev.belay.jdbc;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** A call of the driver that has no result. */
@FunctionalInterface
interface SqlWork {
  void run() throws SQLException;

  static SqlCall<@Nullable Object> call(SqlWork work) {
    return () -> {
      work.run();
      return null;
    };
  }
}
