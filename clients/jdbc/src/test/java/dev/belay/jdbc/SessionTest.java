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
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.jdbc.PgConnection;

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
    observer.execute("create role clerk; create schema other; grant all on item to pg_monitor");
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
      strings = {
        "set app.tenant = 'theirs'",
        "set/**/app.tenant = 'theirs'",
        "select repeat('................................', 100), set_config('app.tenant', 'x', false)",
        "set work_mem = '7MB'",
        "prepare theirs as select 1"
      })
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

  /** C3: what is done by other means than a plain execution. */
  @ParameterizedTest
  @EnumSource(Means.class)
  void whatIsLeftByOtherMeansCostsTheConnection(Means means, CancellableContext root)
      throws Exception {
    try (HikariDataSource pool = one()) {
      var ours = ContextDataSource.wrap(pool);
      String before;
      try (Connection connection = ours.connection(root)) {
        before = state(connection);
      }
      try (var ctx = root.withCancel();
          Connection connection = ours.connection(ctx)) {
        means.leave(connection);
        ctx.cancel();
      }
      try (Connection next = ours.connection(root)) {
        assertThat(state(next)).isEqualTo(before);
      }
      assertThat(observer.number("select count(*) from pg_locks where locktype = 'advisory'"))
          .isZero();
    }
  }

  /** The means by which a session may get something. */
  enum Means {
    BATCH {
      @Override
      void leave(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
          statement.addBatch("set app.tenant = 'theirs'");
          statement.executeBatch();
        }
      }
    },
    THE_DRIVERS_OWN_CONNECTION {
      @Override
      void leave(Connection connection) throws SQLException {
        try (Statement statement = connection.unwrap(PgConnection.class).createStatement()) {
          statement.execute("select pg_advisory_lock(77), set_config('app.tenant', 'x', false)");
        }
      }
    };

    abstract void leave(Connection connection) throws SQLException;
  }

  /** C3: a transaction that JDBC does not know of is not lent on, whatever the end. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aTransactionThatATextHasBegunIsRolledBack(boolean cutShort, CancellableContext root)
      throws Exception {
    try (HikariDataSource pool = one()) {
      var ours = ContextDataSource.wrap(pool);
      int backend;
      try (var ctx = root.withCancel();
          Connection connection = ours.connection(ctx)) {
        backend = backendOf(connection);
        execute(connection, "begin");
        execute(connection, "insert into item values (1, 'left')");
        if (cutShort) {
          ctx.cancel();
        }
      }
      try (Connection next = ours.connection(root)) {
        assertThat(backendOf(next)).isEqualTo(backend);
        execute(next, "insert into item values (2, 'next')");
        assertThat(observer.number("select sum(id) from item")).isEqualTo(2);
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
