package dev.belay.jdbc;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;

/** DuckDB. */
final class DuckDbDriver extends EmbeddedDriver {
  private DuckDbDriver(DatabaseMetaData metaData) throws SQLException {
    super(metaData);
  }

  static Driver of(Connection connection, DatabaseMetaData metaData) throws SQLException {
    return new DuckDbDriver(metaData);
  }

  @Override
  public String name() {
    return "DuckDB";
  }

  /** Its statements cannot be cancelled while their rows are read; by default all are here then. */
  @Override
  public boolean mayFetch(ResultSet rows) {
    return false;
  }

  /** The driver sends a transaction's begin with its first statement, and a cancel may hit it. */
  @Override
  public boolean cancelMayEndTransaction() {
    return true;
  }

  /** Temporary tables, schema and settings. */
  @Override
  public Session session() {
    return new EmbeddedSession(
        physical,
        "select (select count(*) from duckdb_tables() where temporary), current_schema(),"
            + " (select md5(string_agg(name || '=' || coalesce(value, ''), ',' order by name))"
            + " from duckdb_settings())");
  }
}
