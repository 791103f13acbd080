package dev.belay.jdbc.client;

import dev.belay.ContextEndedException;
import dev.belay.DeadlineExceededException;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import org.jspecify.annotations.Nullable;

/** What callers of JDBC methods get. */
final class Failures {
  private static final int SHOWN = 120;

  private Failures() {}

  /**
   * The end of a context, as JDBC says it.
   *
   * @param phase what was under way
   * @param sql the statement's text; null if there is none. Parameters are never shown.
   */
  static SQLException ended(ContextEndedException end, String phase, @Nullable String sql) {
    String message = end.getMessage() + ", while " + phase + (sql == null ? "" : ": " + shown(sql));
    String state = end.getCause() instanceof SQLException driver ? driver.getSQLState() : null;
    return end instanceof DeadlineExceededException
        ? new SQLTimeoutException(message, state, end)
        : new SQLException(message, state, end);
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

  private static String shown(String sql) {
    String line = sql.replaceAll("\\s+", " ").strip();
    return line.length() <= SHOWN ? line : line.substring(0, SHOWN) + "…";
  }
}
