package dev.belay.jdbc;

import dev.belay.Context;
import dev.belay.ContextEndedException;
import dev.belay.DeadlineExceededException;
import java.sql.BatchUpdateException;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import org.jspecify.annotations.Nullable;

/** What callers of JDBC methods get. */
final class Failures {
  private Failures() {}

  /** Throws if {@code ctx} has ended; the parameters are those of {@link #ended}. */
  static void throwIfDone(Context ctx, String phase, @Nullable String sql) throws SQLException {
    try {
      ctx.throwIfDone();
    } catch (ContextEndedException e) {
      throw ended(e, phase, sql);
    }
  }

  /**
   * The end of a context, as JDBC says it.
   *
   * @param phase what was under way
   * @param sql the statement's text; null if there is none. Shown shortened, without values: {@link
   *     StatementText}
   */
  static SQLException ended(ContextEndedException end, String phase, @Nullable String sql) {
    String message = end.getMessage() + ", while " + described(phase, sql);
    String state = state(end.getCause());
    return end instanceof DeadlineExceededException
        ? new SQLTimeoutException(message, state, end)
        : new SQLException(message, state, end);
  }

  /**
   * An interrupt of the calling thread, as JDBC says it.
   *
   * @param failure what the driver threw; null if nothing was sent
   */
  static SQLException interrupted(String phase, @Nullable String sql, @Nullable Throwable failure) {
    var interrupt = new InterruptedException();
    interrupt.initCause(failure);
    return new SQLException(
        "interrupted while " + described(phase, sql), state(failure), interrupt);
  }

  /** {@code failure} of a batch that was rolled back: the driver's counts no longer hold. */
  static BatchUpdateException nothingDone(BatchUpdateException failure) {
    var whole =
        new BatchUpdateException(
            "nothing of the batch was done: " + failure.getMessage(),
            failure.getSQLState(),
            failure.getErrorCode(),
            new int[0],
            failure);
    if (failure.getNextException() != null) {
      whole.setNextException(failure.getNextException());
    }
    return whole;
  }

  /** {@code failure} of a call on another thread, thrown on this one. */
  static SQLException rethrown(@Nullable Throwable failure) {
    return switch (failure) {
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      case SQLException e -> e;
      case null, default -> new SQLException(failure);
    };
  }

  private static @Nullable String state(@Nullable Throwable failure) {
    return failure instanceof SQLException driver ? driver.getSQLState() : null;
  }

  private static String described(String phase, @Nullable String sql) {
    return sql == null ? phase : phase + ": " + StatementText.shown(sql);
  }
}
