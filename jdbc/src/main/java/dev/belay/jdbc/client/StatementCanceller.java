package dev.belay.jdbc.client;

import dev.belay.Canceller;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

/** Ends one statement inside the server. */
final class StatementCanceller implements Canceller {
  /** A cancel costs a connect and an answer; one that takes longer is stuck. */
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private final ContextConnection connection;
  private final Statement statement;
  private volatile boolean sent;

  StatementCanceller(ContextConnection connection, Statement statement) {
    this.connection = connection;
    this.statement = statement;
  }

  @Override
  public void cancel(int attempt) throws SQLException {
    sent = true;
    connection.serverCancel().send(statement);
  }

  /** By "the context ended and our cancel was sent", never by SQLState: drivers disagree. */
  @Override
  public boolean explains(Throwable failure) {
    return failure instanceof SQLException;
  }

  @Override
  public Duration patience() {
    return PATIENCE;
  }

  @Override
  public void abandoned() {
    connection.evict();
  }

  /** After the call: gives the connection up where a sent cancel may have left a trace. */
  void settle() {
    if (sent && !connection.serverCancel().leavesConnectionClean()) {
      connection.evict();
    }
  }
}
