package dev.belay.jdbc;

import dev.belay.Context;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.sqlite.BusyHandler;

/**
 * How a connection of SQLite waits for a lock: as long as its busy time-out says, or until the
 * context of the call has ended. SQLite's own wait for a lock takes no notice of a cancel.
 *
 * <p>One for each connection of the driver, from its first use under a context on. A busy time-out
 * that a statement sets later is taken over.
 */
final class SqliteLockWait extends BusyHandler {
  private static final Map<Connection, SqliteLockWait> KNOWN =
      Collections.synchronizedMap(new WeakHashMap<>());

  private static final long LONGEST_PAUSE_NANOS = 5_000_000;

  /** SQLite's answers of a busy handler. */
  private static final int TRY_AGAIN = 1;

  private static final int GIVE_UP = 0;

  private volatile long timeoutNanos;
  private volatile @Nullable Context call;
  private volatile boolean ended;

  /** When the wait began; of the thread that is inside the driver, which is one. */
  private long since;

  private SqliteLockWait(long timeoutMillis) {
    this.timeoutNanos = timeoutMillis * 1_000_000;
  }

  /** The lock wait of {@code connection}, which is the driver's own. */
  static SqliteLockWait of(Connection connection) throws SQLException {
    SqliteLockWait known = KNOWN.get(connection);
    if (known != null) {
      return known;
    }
    var made = new SqliteLockWait(busyTimeoutMillis(connection));
    setHandler(connection, made);
    KNOWN.put(connection, made);
    return made;
  }

  /** Takes over the busy time-out that was set on {@code connection}, and with it its place. */
  void adopt(Connection connection) throws SQLException {
    timeoutNanos = busyTimeoutMillis(connection) * 1_000_000;
    setHandler(connection, this);
  }

  private static long busyTimeoutMillis(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("pragma busy_timeout")) {
      return row.next() ? row.getLong(1) : 0;
    }
  }

  /** From now on waits end with {@code call} too; with nothing but the time-out if it is null. */
  void under(@Nullable Context call) {
    this.call = call;
    ended = false;
  }

  /** Whether a wait has ended with the call's context. */
  boolean hasEnded() {
    return ended;
  }

  @Override
  protected int callback(int before) {
    long now = System.nanoTime();
    if (before == 0) {
      since = now;
    }
    Context current = call;
    if (current != null && current.isDone()) {
      ended = true;
      return GIVE_UP;
    }
    if (now - since >= timeoutNanos) {
      return GIVE_UP;
    }
    LockSupport.parkNanos(Math.min(LONGEST_PAUSE_NANOS, 100_000L << Math.min(before, 10)));
    return TRY_AGAIN;
  }
}
