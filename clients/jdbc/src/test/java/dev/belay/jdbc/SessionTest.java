package dev.belay.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.belay.CancellableContext;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a session has left behind when its context has cut it short. */
class SessionTest extends DatabaseFixture {
  /** What the next borrower must find, whoever was there before. */
  private static final String STATE =
      "select concat_ws('|', current_setting('role'), current_setting('search_path'),"
          + " current_setting('app.tenant', true), current_setting('work_mem'),"
          + " (select count(*) from pg_locks where locktype = 'advisory'"
          + " and pid = pg_backend_pid()),"
          + " (select count(*) from pg_listening_channels()),"
          + " (select count(*) from pg_prepared_statements where from_sql),"
          + " (select count(*) from pg_cursors where is_holdable),"
          + " (select count(*) from pg_class where relnamespace = pg_my_temp_schema()))";

  @BeforeAll
  void roles() throws SQLException {
    observer.execute("create role clerk; create schema other");
  }

  /** One connection, which its pool has set up. */
  private HikariDataSource one() {
    var config = new HikariConfig();
    config.setJdbcUrl(server.jdbcUrl());
    config.setMaximumPoolSize(1);
    config.setConnectionInitSql("set role pg_monitor; set work_mem = '5MB'");
    return new HikariDataSource(config);
  }

  private static String state(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(STATE)) {
      assertThat(rows.next()).isTrue();
      return rows.getString(1);
    }
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** Does something and is cut short before it can undo that; gives the backend. */
  private static int cutShort(ContextDataSource ours, CancellableContext root, String sql)
      throws SQLException {
    try (var ctx = root.withCancel();
        Connection connection = ours.connection(ctx)) {
      int backend = backendOf(connection);
      execute(connection, sql);
      ctx.cancel();
      assertThatThrownBy(() -> execute(connection, "select 'undo'"))
          .isInstanceOf(SQLException.class);
      return backend;
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "select pg_advisory_lock(7)",
        "listen news",
        "set role clerk",
        "set search_path = other",
        "create temporary table scratch (x int)",
        "declare c cursor with hold for select 1",
        "set session authorization clerk"
      })
  void whatIsKnownIsUndoneAndTheConnectionKept(String sql, CancellableContext root)
      throws Exception {
    try (HikariDataSource pool = one()) {
      var ours = ContextDataSource.wrap(pool);
      String before;
      try (Connection connection = ours.connection(root)) {
        before = state(connection);
      }
      int backend = cutShort(ours, root, sql);
      try (Connection next = ours.connection(root)) {
        assertThat(state(next)).isEqualTo(before);
        assertThat(backendOf(next)).isEqualTo(backend);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"set app.tenant = 'theirs'", "set work_mem = '7MB'", "prepare theirs as select 1"})
  void whatElseIsLeftCostsTheConnection(String sql, CancellableContext root) throws Exception {
    try (HikariDataSource pool = one()) {
      var ours = ContextDataSource.wrap(pool);
      String before;
      try (Connection connection = ours.connection(root)) {
        before = state(connection);
      }
      int backend = cutShort(ours, root, sql);
      try (Connection next = ours.connection(root)) {
        assertThat(state(next)).isEqualTo(before);
        assertThat(backendOf(next)).isNotEqualTo(backend);
      }
    }
  }

  /** A session is its user's own when nothing cuts it short. */
  @Test
  void aNormalEndUndoesNothing(CancellableContext root) throws Exception {
    try (HikariDataSource pool = one()) {
      var ours = ContextDataSource.wrap(pool);
      try (var ctx = root.withCancel();
          Connection connection = ours.connection(ctx)) {
        execute(connection, "set app.tenant = 'kept'");
      }
      try (Connection next = ours.connection(root)) {
        assertThat(state(next)).contains("|kept|");
      }
    }
  }
}
