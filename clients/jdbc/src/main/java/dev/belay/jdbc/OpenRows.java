package dev.belay.jdbc;

import dev.belay.CancellableContext;
import dev.belay.Context;
import dev.belay.ContextEndedException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a connection that were not read to their end, where closing them would read all the
 * rest. Their query is cancelled before something closes them.
 */
final class OpenRows {
  /** A rest that is read sooner than this is not worth a cancel. */
  private static final Duration SHORT_REST = Duration.ofMillis(50);

  private final ContextConnection connection;
  private final Duration patience;
  private final Set<ContextResultSet> open = new HashSet<>();

  OpenRows(ContextConnection connection, Duration patience) {
    this.connection = connection;
    this.patience = patience;
  }

  void add(ContextResultSet rows) {
    open.add(rows);
  }

  /** They were read to their end, or are left; false if that was so before. */
  boolean remove(ContextResultSet rows) {
    return open.remove(rows);
  }

  /**
   * Leaves what is open.
   *
   * @param statement whose rows; null for all
   */
  void leave(@Nullable Statement statement) {
    for (ContextResultSet rows : List.copyOf(open)) {
      if (statement == null || rows.isOf(statement)) {
        rows.leave();
      }
    }
  }

  /** Ends the query of {@code rows} by reading on under a cancel: drivers cancel what waits. */
  void leave(@Nullable Statement statement, ResultSet rows) {
    var canceller = new StatementCanceller(connection, statement, null, patience);
    try (CancellableContext own = Context.background().withTimeout(SHORT_REST)) {
      boolean unused =
          own.call(
              canceller,
              c -> {
                if (connection.ctx().isDone()) {
                  own.cancel();
                }
                return canceller.run(connection.driver().place(), c, () -> readOn(rows), () -> {});
              });
    } catch (ContextEndedException | SQLException e) {
      // They have ended, by the cancel or of themselves; what is broken shows when it is closed.
    } finally {
      canceller.leave();
    }
  }

  private static boolean readOn(ResultSet rows) throws SQLException {
    boolean more = true;
    while (more) {
      more = rows.next();
    }
    return false;
  }
}
