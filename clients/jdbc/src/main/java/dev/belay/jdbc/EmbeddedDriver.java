package dev.belay.jdbc;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/**
 * A database that works in this process, on the thread that asks. That must be no virtual one:
 * queries on all carriers would leave none for the thread that cancels them. Its {@code abort} does
 * nothing, so a connection that is discarded is closed.
 */
abstract class EmbeddedDriver implements Driver {
  final Connection physical;

  EmbeddedDriver(DatabaseMetaData metaData) throws SQLException {
    physical = metaData.unwrap(DatabaseMetaData.class).getConnection(); // not a pool's
  }

  @Override
  public void cancel(@Nullable Statement statement) throws SQLException {
    if (statement == null) {
      return;
    }
    try {
      // Not through a pool's wrapper: HikariCP discards a connection on which a call says 08003,
      // and that is what DuckDB says of a statement that has just failed.
      statement.unwrap(Statement.class).cancel();
    } catch (SQLException | RuntimeException e) {
      if (isRemote()) {
        throw e;
      }
      // The statement has just ended, and inside one process nothing is under way afterwards.
    }
  }

  /** Whether the database is in another process after all. */
  boolean isRemote() {
    return false;
  }

  @Override
  public boolean isCleanAfterCancel() throws SQLException {
    return true;
  }

  @Override
  public boolean readsMayWait() {
    return false;
  }

  @Override
  public boolean closingMayWait() {
    return isRemote();
  }

  @Override
  public Place place() {
    return Place.ofWork();
  }

  @Override
  public Place movePlace() {
    return Place.CALLER;
  }

  @Override
  public void closeBroken() throws SQLException {
    physical.close();
  }

  @Override
  public boolean mayInterruptWhenBroken() {
    return false;
  }
}
