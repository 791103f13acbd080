package dev.belay.jdbc.client;

import dev.belay.Context;
import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Runs work in a transaction under a context. */
public final class Transactions {
  private Transactions() {}

  /**
   * What is done in one transaction.
   *
   * @param <T> its result
   * @param <X> what it may throw besides {@link SQLException}
   */
  @FunctionalInterface
  public interface Work<T extends @Nullable Object, X extends Exception> {
    /**
     * Does the work.
     *
     * @param tx a connection in a transaction; the caller commits, rolls back and closes it
     */
    T in(Connection tx) throws SQLException, X;
  }

  /**
   * Runs {@code work} and commits; rolls back if it throws or the context has ended by then.
   * Rollback and giving the connection back do not depend on the context.
   *
   * @throws SQLException also if the context ended; {@link ContextDataSource} says how
   */
  public static <T extends @Nullable Object, X extends Exception> T call(
      Context ctx, ContextDataSource source, Work<T, X> work) throws SQLException, X {
    try (Connection connection = source.connection(ctx)) {
      connection.setAutoCommit(false);
      T result = work.in(connection);
      connection.commit();
      return result;
      // close() rolls back what was left open, and restores auto-commit.
    }
  }
}
