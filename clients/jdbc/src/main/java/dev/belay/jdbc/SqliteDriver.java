package dev.belay.jdbc;

import dev.belay.Context;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** SQLite by Xerial's driver. */
final class SqliteDriver extends EmbeddedDriver {
  private static final Pattern BUSY_TIMEOUT =
      Pattern.compile("\\bbusy_timeout\\W*[=(]", Pattern.CASE_INSENSITIVE);

  private final SqliteLockWait lockWait;

  private SqliteDriver(DatabaseMetaData metaData) throws SQLException {
    super(metaData);
    lockWait = SqliteLockWait.of(physical);
  }

  @Override
  public void waitUnder(@Nullable Context call) throws SQLException {
    lockWait.under(call);
  }

  @Override
  public boolean hasEndedWait() {
    return lockWait.hasEnded();
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

  /** Some failures do, and none has an SQLState. Another begin succeeds only if none is open. */
  @Override
  public boolean endsTransaction(SQLException failure) {
    return begin();
  }

  /** The driver would send the next statement without a transaction. */
  @Override
  public void endedByText() {
    begin();
  }

  private boolean begin() {
    try (Statement statement = physical.createStatement()) {
      statement.execute("begin");
      return true;
    } catch (SQLException e) {
      return false;
    }
  }

  @Override
  public void executed(String sql) throws SQLException {
    if (BUSY_TIMEOUT.matcher(sql).find()) {
      lockWait.adopt(physical);
    }
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
