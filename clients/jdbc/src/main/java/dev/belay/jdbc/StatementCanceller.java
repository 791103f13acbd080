package dev.belay.jdbc;

import dev.belay.CancellableContext;
import dev.belay.ContextEndedException;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Ends one call of the driver inside the server.
 *
 * <p>Where a cancel is sent again: core's {@code CancelSender} calls {@link #cancel} with attempt
 * 0, 1, 2, … and a pause of 0.5 to 100 ms until the call has returned, because one that comes
 * before the server has begun is lost.
 *
 * <p>Why a late cancel cannot hit the connection's next user: core lets the call return only when
 * no cancel is under way, or after the patience by {@link #abandoned}, which discards the
 * connection. Every cancel that is sent has arrived by then, has failed, or has taken longer than
 * {@link #SURE_NANOS}; for the last two, and with a driver whose cancels linger, {@link #leave}
 * discards the connection.
 */
final class StatementCanceller extends BoundedCall {
  /**
   * A cancel that took this long may not have arrived when the driver says it has: pgjdbc keeps
   * quiet about one that timed out, and its time-outs are whole seconds.
   */
  static final long SURE_NANOS = 900_000_000;

  /** By then most calls have ended by a cancel; what waits for a lock may need an interrupt. */
  private static final int ATTEMPTS_BEFORE_INTERRUPT = 3;

  private final @Nullable Statement statement;
  private final @Nullable String sql;

  // Written on other threads than they are read on:
  private volatile boolean sent;
  private volatile boolean uncertain;
  private volatile @Nullable InterruptedException interrupt;

  /**
   * A canceller for one call.
   *
   * @param sql the statement's text; null if it is not known
   */
  StatementCanceller(
      ContextConnection connection,
      @Nullable Statement statement,
      @Nullable String sql,
      Duration patience) {
    super(connection, patience);
    this.statement = statement;
    this.sql = sql;
  }

  @Override
  public void cancel(int attempt) throws SQLException {
    sent = true;
    long began = System.nanoTime();
    boolean arrived = false;
    try {
      connection.driver().cancel(statement);
      arrived = System.nanoTime() - began < SURE_NANOS;
    } finally {
      if (!arrived) {
        uncertain = true;
      }
    }
    if (attempt >= ATTEMPTS_BEFORE_INTERRUPT && connection.driver().interruptEndsWaits()) {
      interruptDriver();
    }
  }

  @Override
  public String resource() {
    return connection.driver().name() + " statement";
  }

  @Override
  public @Nullable String subject() {
    return sql == null ? null : StatementText.shown(sql);
  }

  /** The calling thread was interrupted: ends {@code call}, the context of this call alone. */
  void interrupted(CancellableContext call) {
    var why = new InterruptedException();
    interrupt = why;
    call.cancel(why);
  }

  /** Whether {@code end} came about by {@link #interrupted}. */
  boolean wasInterrupted(ContextEndedException end) {
    var why = interrupt;
    var ending = end.ending();
    return why != null && ending != null && why.equals(ending.cause());
  }

  boolean wasSent() {
    return sent;
  }

  /** Discards the connection where a sent cancel may yet hit its next statement. */
  @Override
  void leave() {
    super.leave();
    if (!isBroken()
        && (uncertain || (sent && statement != null && !connection.isCleanAfterCancel()))) {
      connection.discard();
    }
  }
}
