package dev.belay.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * The body of a transaction, with a result.
 *
 * @param <T> its result
 * @param <X> what it may throw besides {@link SQLException}
 */
@FunctionalInterface
public interface TransactionCallable<T extends @Nullable Object, X extends Exception> {
  /**
   * Does the work.
   *
   * @param tx a connection in a transaction; {@link Transactions} commits, rolls back and closes it
   */
  T call(Connection tx) throws SQLException, X;
}
