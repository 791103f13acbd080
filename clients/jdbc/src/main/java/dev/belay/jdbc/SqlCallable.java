package dev.belay.jdbc;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** A call of the driver. */
@FunctionalInterface
interface SqlCallable<T extends @Nullable Object> {
  T call() throws SQLException;
}
