package dev.belay.jdbc;

import dev.belay.Context;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** SQLite by Xerial's driver. */
final class SqliteDriver extends EmbeddedDriver {
  private final SqliteLockWait lockWait;

  private SqliteDriver(DatabaseMetaData metaData) throws SQLException {
    super(metaData);
    lockWait = SqliteLockWait.of(physical);
  }

  @Override
  public void waitUnder(@Nullable Context call) throws SQLException {
    lockWait.under(call);
  }

  static Driver of(Connection connection, DatabaseMetaData metaData) throws SQLException {
    return new SqliteDriver(metaData);
  }

  @Override
  public String name() {
    return "SQLite";
  }

  /** Cancelling an insert, update or delete rolls back the transaction around it. */
  @Override
  public boolean cancelMayEndTransaction() {
    return true;
  }

  /** Temporary tables, attached files, and the settings that harm the next user. */
  @Override
  public Session session() {
    return new EmbeddedSession(
        physical,
        "select (select count(*) from sqlite_temp_master),"
            + " (select group_concat(name || '=' || file) from pragma_database_list"
            + " where name <> 'temp'),"
            + " (select foreign_keys from pragma_foreign_keys),"
            + " (select query_only from pragma_query_only),"
            + " (select synchronous from pragma_synchronous)");
  }
}
