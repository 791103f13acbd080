package dev.belay.jdbc;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.TransactionState;

/** PostgreSQL by pgjdbc. */
final class PostgresDriver implements Driver {
  private final BaseConnection physical;

  private PostgresDriver(BaseConnection physical) {
    this.physical = physical;
  }

  static Driver of(Connection connection, DatabaseMetaData metaData) throws SQLException {
    return connection.isWrapperFor(BaseConnection.class)
        ? new PostgresDriver(connection.unwrap(BaseConnection.class))
        : UNKNOWN;
  }

  @Override
  public String name() {
    return "PostgreSQL";
  }

  @Override
  public void cancel(@Nullable Statement statement) throws SQLException {
    // Not Statement.cancel(): that works once per execution, not between fetches, and holds up
    // the executing thread for as long as the cancel takes.
    physical.cancelQuery();
  }

  @Override
  public boolean isCleanAfterCancel() {
    return true;
  }

  @Override
  public boolean mayFetch(ResultSet rows) throws SQLException {
    return rows.getFetchSize() != 0;
  }

  @Override
  public boolean readsMayWait() {
    return false;
  }

  /** Nothing is sent before the first execution. */
  @Override
  public boolean preparingMayWait() {
    return false;
  }

  /** Nothing is sent before the next statement. */
  @Override
  public boolean closingMayWait() {
    return false;
  }

  /** Decided by {@link #isTransactionAborted}: with a savepoint, or autosave, it may go on. */
  @Override
  public boolean endsTransaction(SQLException failure) {
    return false;
  }

  /** The driver's commit would return normally, and nothing would be committed. */
  @Override
  public boolean isTransactionAborted() {
    return physical.getTransactionState() == TransactionState.FAILED;
  }

  @Override
  public boolean isTransactionOpen() {
    return physical.getTransactionState() != TransactionState.IDLE;
  }

  @Override
  public Session session() {
    return new PostgresSession(physical);
  }

  @Override
  public ServerLimit limit(Connection connection) {
    return new Limit(connection);
  }

  /**
   * Locks, listening, temporary tables, role and search path are undone. Other settings, prepared
   * statements of SQL and what else there is cost the connection. Not {@code DISCARD ALL}: it would
   * also undo what the pool has set up.
   */
  private record PostgresSession(Connection physical) implements Session {
    @Override
    public String query() {
      return """
          select current_setting('role'), current_setting('search_path'), session_user::text,
            (select count(*) from pg_prepared_statements where from_sql)::text,
            (select md5(string_agg(name || '=' || coalesce(setting, ''), E'\\n' order by name))
              from pg_settings where setting is distinct from reset_val
                and context <> 'internal' and name not like 'transaction%')""";
    }

    @Override
    public List<String> undo(List<@Nullable String> before) {
      return List.of(
          "reset session authorization; select set_config('role', "
              + literal(before.get(0))
              + ", false), set_config('search_path', "
              + literal(before.get(1))
              + ", false); select pg_advisory_unlock_all(); unlisten *; close all; discard temp");
    }

    private static String literal(@Nullable String value) {
      return "'" + String.valueOf(value).replace("'", "''") + "'";
    }
  }

  /** A setting of the transaction, or without one of the session. It does not hold for commits. */
  private static final class Limit implements ServerLimit {
    private final Connection connection;
    private boolean asked;
    private boolean sessionHasItsOwn;
    private boolean onSession;

    Limit(Connection connection) {
      this.connection = connection;
    }

    @Override
    public <T extends @Nullable Object> T limited(
        Statement statement, long millis, boolean inTransaction, SqlCallable<T> call)
        throws SQLException {
      if (!sessionHasItsOwn()) {
        onSession |= !inTransaction;
        set(inTransaction ? "local" : "session", Math.min(millis, Integer.MAX_VALUE));
      }
      return call.call();
    }

    @Override
    public void restore() throws SQLException {
      if (onSession) {
        set("session", 0);
        if (!connection.getAutoCommit()) {
          connection.commit();
        }
      }
    }

    private boolean sessionHasItsOwn() throws SQLException {
      if (!asked) {
        try (Statement statement = connection.createStatement();
            ResultSet rows = statement.executeQuery("show statement_timeout")) {
          sessionHasItsOwn = rows.next() && !"0".equals(rows.getString(1));
        }
        asked = true;
      }
      return sessionHasItsOwn;
    }

    private void set(String scope, long millis) throws SQLException {
      // Not set_config(): a query would be the transaction's first.
      try (Statement statement = connection.createStatement()) {
        statement.execute("set " + scope + " statement_timeout = " + millis);
      }
    }
  }
}
