package dev.belay.jdbc;

import java.sql.Connection;
import java.sql.SQLException;

/**
 * The body of a transaction, without a result.
 *
 * @param <X> what it may throw besides {@link SQLException}
 */
@FunctionalInterface
public interface TransactionRunnable<X extends Exception> {
  /**
   * Does the work.
   *
   * @param tx a connection in a transaction; {@link Transactions} commits, rolls back and closes it
   */
  void run(Connection tx) throws SQLException, X;
}
