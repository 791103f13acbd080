package dev.belay.jdbc;

import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;

/**
 * A commit was sent and the connection broke before the server's answer: the transaction is
 * committed, or it is not, and only a look into the database shows which. Repeating it may do its
 * work twice. Any other failure of a commit means that nothing was committed.
 *
 * <p>The SQLState is the standard's, {@code 08007}, "transaction resolution unknown"; the cause is
 * what the driver threw.
 */
public final class CommitOutcomeUnknownException extends SQLNonTransientConnectionException {
  private static final long serialVersionUID = 1L;

  CommitOutcomeUnknownException(SQLException failure) {
    super(
        "the connection broke while committing; whether the transaction is committed is unknown: "
            + failure.getMessage(),
        "08007",
        failure);
  }
}
