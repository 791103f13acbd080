package dev.belay.jdbc;

import java.sql.Connection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A session of a server of MariaDB's kind. Locks are released; another database, role, variable of
 * the system or temporary table costs the connection. User variables cannot be seen, and stay.
 */
record MariaDbSession(Connection physical) implements Driver.Session {
  /** Variables that change by themselves, and those that a statement's end or our limit sets. */
  private static final String PASSING =
      "'AUTOCOMMIT', 'ERROR_COUNT', 'IDENTITY', 'INSERT_ID', 'IN_TRANSACTION', 'LAST_INSERT_ID',"
          + " 'RAND_SEED1', 'RAND_SEED2', 'TIMESTAMP', 'WARNING_COUNT', 'LAST_GTID',"
          + " 'MAX_STATEMENT_TIME', 'TX_ISOLATION', 'TX_READ_ONLY', 'TRANSACTION_ISOLATION',"
          + " 'TRANSACTION_READ_ONLY'";

  @Override
  public String query() {
    return "select database(), current_role(),"
        + " (select variable_value from information_schema.session_status"
        + " where variable_name = 'COM_CREATE_TEMPORARY_TABLE'),"
        + " (select md5(group_concat(variable_name, '=', variable_value order by variable_name))"
        + " from information_schema.session_variables where variable_name not in ("
        + PASSING
        + "))";
  }

  @Override
  public List<String> undo(List<@Nullable String> before) {
    return List.of("do release_all_locks()", "unlock tables");
  }
}
