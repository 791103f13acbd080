package dev.belay.jdbc;

import dev.belay.Context;
import dev.belay.ContextEndedException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Runs work in a transaction under a context: commits when the work returns, rolls back if it
 * throws or the context has ended by then. Rollback and giving the connection back do not depend on
 * the context. A commit that was sent is never cancelled; if its answer is lost, a {@link
 * CommitOutcomeUnknownException} says so.
 *
 * <p>Isolation, read-only and savepoints are JDBC's own, set on the connection at the beginning of
 * the work; isolation and read-only are as before when the connection goes back.
 */
public final class Transactions {
  /** A program that causes the same deadlock each time must not retry for ever. */
  private static final int ATTEMPTS = 10;

  private static final Duration FIRST_PAUSE = Duration.ofMillis(2);

  private Transactions() {}

  /**
   * Runs {@code work} and commits.
   *
   * @throws SQLException also if the context ended; see {@link ContextDataSource}
   */
  public static <T extends @Nullable Object, X extends Exception> T call(
      Context ctx, ContextDataSource source, TransactionCallable<T, X> work)
      throws SQLException, X {
    try (Connection connection = source.connection(ctx)) {
      connection.setAutoCommit(false);
      T result = work.call(connection);
      connection.commit();
      return result;
      // close() rolls back what was left open, and restores auto-commit.
    }
  }

  /**
   * Runs {@code work} and commits.
   *
   * @throws SQLException as {@link #call} does
   */
  public static <X extends Exception> void run(
      Context ctx, ContextDataSource source, TransactionRunnable<X> work) throws SQLException, X {
    Transactions.<@Nullable Void, X>call(ctx, source, withoutResult(work));
  }

  /**
   * Runs {@code work} and commits; again, in a new transaction, when the database rolled it back in
   * favour of another one (SQLState 40001, serialization failure, or 40P01, deadlock). Retries with
   * back-off, up to ten times and only while the context has time for another round as long as the
   * last one; then throws the database's exception.
   *
   * @param work may run several times, so it must do nothing that a rollback does not undo
   * @throws SQLException as {@link #call} does
   */
  public static <T extends @Nullable Object, X extends Exception> T callRetrying(
      Context ctx, ContextDataSource source, TransactionCallable<T, X> work)
      throws SQLException, X {
    Duration pause = FIRST_PAUSE;
    for (int attempt = 1; ; attempt++) {
      long before = ctx.remainingNanos();
      try {
        return call(ctx, source, work);
      } catch (SQLException e) {
        Duration again = pause.plusNanos(before - ctx.remainingNanos());
        if (attempt == ATTEMPTS || !isSerializationFailure(e) || !ctx.hasTimeFor(again)) {
          throw e;
        }
        pause(ctx, pause, e);
        pause = pause.multipliedBy(2);
      }
    }
  }

  /**
   * Runs {@code work} as {@link #callRetrying} does.
   *
   * @param work may run several times, so it must do nothing that a rollback does not undo
   * @throws SQLException as {@link #call} does
   */
  public static <X extends Exception> void runRetrying(
      Context ctx, ContextDataSource source, TransactionRunnable<X> work) throws SQLException, X {
    Transactions.<@Nullable Void, X>callRetrying(ctx, source, withoutResult(work));
  }

  private static <X extends Exception> TransactionCallable<@Nullable Void, X> withoutResult(
      TransactionRunnable<X> work) {
    return tx -> {
      work.run(tx);
      return null;
    };
  }

  private static boolean isSerializationFailure(SQLException failure) {
    String state = failure.getSQLState();
    return "40001".equals(state) || "40P01".equals(state);
  }

  /** Up to {@code longest}: transactions that met once are not to meet again. */
  private static void pause(Context ctx, Duration longest, SQLException failure)
      throws SQLException {
    String phase = "waiting to repeat the transaction";
    try {
      ctx.sleep(Duration.ofNanos(ThreadLocalRandom.current().nextLong(longest.toNanos())));
    } catch (ContextEndedException e) {
      SQLException ended = Failures.ended(e, phase, null);
      ended.addSuppressed(failure);
      throw ended;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Failures.interrupted(phase, null, failure);
    }
  }
}
