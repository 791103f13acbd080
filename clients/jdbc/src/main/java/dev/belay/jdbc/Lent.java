package dev.belay.jdbc;

import dev.belay.spi.Permits.Permit;
import java.sql.Connection;
import java.sql.SQLException;

/**
 * A connection with the permit under which it was borrowed. The permit is returned after the
 * connection, so that whichever call gets it next finds a connection in the pool. Why a late cancel
 * cannot hit the next borrower: {@link StatementCanceller}.
 */
record Lent(Connection connection, Permit permit) implements AutoCloseable {

  /** Gives both back, for a borrower that has not begun to use them. */
  @Override
  public void close() throws SQLException {
    try (permit) {
      connection.close();
    }
  }
}
