package dev.belay.jdbc;

import dev.belay.CancellableContext;
import dev.belay.Canceller;
import dev.belay.ContextEndedException;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Ends one call of the driver inside the server. */
final class StatementCanceller implements Canceller {
  /**
   * A cancel that took this long may not have arrived when the driver says it has: pgjdbc keeps
   * quiet about one that timed out, and its time-outs are whole seconds.
   */
  static final long SURE_NANOS = 900_000_000;

  private final ContextConnection connection;
  private final @Nullable Statement statement;
  private final Duration patience;

  // Written on other threads than they are read on:
  private volatile boolean sent;
  private volatile boolean uncertain;
  private volatile @Nullable InterruptedException interrupt;

  StatementCanceller(
      ContextConnection connection, @Nullable Statement statement, Duration patience) {
    this.connection = connection;
    this.statement = statement;
    this.patience = patience;
  }

  @Override
  public void cancel(int attempt) throws SQLException {
    sent = true;
    long began = System.nanoTime();
    boolean arrived = false;
    try {
      connection.serverCancel().send(statement);
      arrived = System.nanoTime() - began < SURE_NANOS;
    } finally {
      if (!arrived) {
        uncertain = true;
      }
    }
  }

  /** By "the context ended and our cancel was sent", never by SQLState: drivers disagree. */
  @Override
  public boolean explains(Throwable failure) {
    return failure instanceof SQLException;
  }

  @Override
  public Duration patience() {
    return patience;
  }

  @Override
  public void abandoned() {
    connection.evict();
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

  /** After the call: gives the connection up where a sent cancel may yet hit somebody. */
  void settle() {
    if (uncertain || (sent && !connection.isCleanAfterCancel())) {
      connection.evict();
    }
  }
}
