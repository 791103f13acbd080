package dev.belay.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Context;
import dev.belay.DeadlineExceededException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.sql.Statement;
import java.time.Duration;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.sqlite.SQLiteDataSource;

/** Waits for a lock inside the process, which a database's own time-out would end much later. */
class EmbeddedLockTest {
  private static final Duration DEADLINE = Duration.ofMillis(300);

  /** Far more than any test takes. */
  private static final int LOCK_TIMEOUT_MILLIS = 60_000;

  @TempDir private Path folder;

  /** Uses a connection. */
  @FunctionalInterface
  private interface Use {
    void on(Connection connection) throws SQLException;
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static void assertEndsInTime(On on, Context root, DataSource database, Use use)
      throws Exception {
    var source = ContextDataSource.wrap(database);
    var attempt =
        on.start(
            () -> {
              try (var ctx = root.withTimeout(DEADLINE);
                  Connection connection = source.connection(ctx)) {
                use.on(connection);
                return null;
              }
            });
    assertThat(attempt.failure())
        .isInstanceOf(SQLTimeoutException.class)
        .hasCauseInstanceOf(DeadlineExceededException.class);
  }

  private static void execute(DataSource database, String sql) throws SQLException {
    try (Connection connection = database.getConnection()) {
      execute(connection, sql);
    }
  }

  private SQLiteDataSource sqlite() throws SQLException {
    var sqlite = new SQLiteDataSource();
    sqlite.setUrl("jdbc:sqlite:" + folder.resolve("shop.db"));
    sqlite.setBusyTimeout(LOCK_TIMEOUT_MILLIS);
    try (Connection connection = sqlite.getConnection()) {
      execute(connection, "create table item (id int)");
    }
    return sqlite;
  }

  private static void executeLocked(Connection holder, Connection ours, String sql)
      throws SQLException {
    execute(holder, "begin exclusive"); // not before: a new connection is looked at
    execute(ours, sql);
  }

  @ParameterizedTest
  @EnumSource(On.class)
  void sqliteExecutes(On on, Context root) throws Exception {
    SQLiteDataSource sqlite = sqlite();
    try (Connection holder = sqlite.getConnection()) {
      assertEndsInTime(
          on, root, sqlite, ours -> executeLocked(holder, ours, "insert into item values (1)"));
      execute(holder, "rollback");
    }
    assertUsable(root, sqlite);
  }

  @ParameterizedTest
  @EnumSource(On.class)
  void sqliteIsFirstUsed(On on, Context root) throws Exception {
    SQLiteDataSource sqlite = sqlite();
    try (Connection holder = sqlite.getConnection()) {
      execute(holder, "begin exclusive");
      assertEndsInTime(on, root, sqlite, ours -> execute(ours, "insert into item values (1)"));
      execute(holder, "rollback");
    }
    assertUsable(root, sqlite);
  }

  @ParameterizedTest
  @EnumSource(On.class)
  void sqlitePrepares(On on, Context root) throws Exception {
    SQLiteDataSource sqlite = sqlite();
    try (Connection holder = sqlite.getConnection()) {
      assertEndsInTime(
          on,
          root,
          sqlite,
          ours -> {
            execute(holder, "begin exclusive");
            try (PreparedStatement insert = ours.prepareStatement("insert into item values (?)")) {
              insert.setInt(1, 1);
              insert.executeUpdate();
            }
          });
      execute(holder, "rollback");
    }
    assertUsable(root, sqlite);
  }

  /** The ways to commit behind another connection that reads. */
  enum Commit {
    METHOD {
      @Override
      void on(Connection connection) throws SQLException {
        connection.setAutoCommit(false);
        execute(connection, "insert into item values (2)");
        connection.commit();
      }
    },
    MODE {
      @Override
      void on(Connection connection) throws SQLException {
        connection.setAutoCommit(false);
        execute(connection, "insert into item values (2)");
        connection.setAutoCommit(true);
      }
    },
    BATCH {
      @Override
      void on(Connection connection) throws SQLException {
        try (PreparedStatement insert =
            connection.prepareStatement("insert into item values (2)")) {
          insert.addBatch();
          insert.executeBatch();
        }
      }
    };

    abstract void on(Connection connection) throws SQLException;
  }

  @ParameterizedTest
  @EnumSource(Commit.class)
  void sqliteCommits(Commit commit, Context root) throws Exception {
    SQLiteDataSource sqlite = sqlite();
    execute(sqlite, "insert into item values (1)");
    for (On on : On.values()) {
      try (Connection holder = sqlite.getConnection();
          Statement statement = holder.createStatement()) {
        statement.execute("begin");
        try (ResultSet rows = statement.executeQuery("select * from item")) {
          assertThat(rows.next()).isTrue();
          assertEndsInTime(on, root, sqlite, commit::on);
          assertThat(rows.next()).isFalse(); // nothing was committed
        }
      }
    }
    assertUsable(root, sqlite);
  }

  @ParameterizedTest
  @EnumSource(On.class)
  void sqliteWithABusyTimeoutOfAStatement(On on, Context root) throws Exception {
    SQLiteDataSource sqlite = sqlite();
    try (Connection holder = sqlite.getConnection()) {
      assertEndsInTime(
          on,
          root,
          sqlite,
          ours -> {
            execute(ours, "pragma busy_timeout = " + LOCK_TIMEOUT_MILLIS);
            executeLocked(holder, ours, "insert into item values (1)");
          });
      execute(holder, "rollback");
    }
    assertUsable(root, sqlite);
  }

  @ParameterizedTest
  @EnumSource(On.class)
  void h2WaitsForARow(On on, Context root) throws Exception {
    h2Waits(on, root, "jdbc:h2:mem:row" + on, "update item set id = 9");
  }

  @ParameterizedTest
  @EnumSource(On.class)
  void h2WaitsForATable(On on, Context root) throws Exception {
    h2Waits(on, root, "jdbc:h2:mem:table" + on, "truncate table item");
  }

  @ParameterizedTest
  @EnumSource(On.class)
  void h2OnFilesWaitsForATable(On on, Context root) throws Exception {
    h2Waits(on, root, "jdbc:h2:file:" + folder.resolve("shop"), "truncate table item");
  }

  private static void h2Waits(On on, Context root, String url, String sql) throws Exception {
    var h2 = new JdbcDataSource();
    h2.setURL(url + ";LOCK_TIMEOUT=" + LOCK_TIMEOUT_MILLIS);
    try (Connection holder = DriverManager.getConnection(h2.getURL())) {
      execute(holder, "create table item (id int)");
      execute(holder, "insert into item values (7)");
      holder.setAutoCommit(false);
      execute(holder, "update item set id = 8");
      assertEndsInTime(on, root, h2, ours -> execute(ours, sql));
      holder.rollback(); // what was left behind in H2 ends now
      assertUsable(root, h2);
    }
  }

  /** Afterwards the database takes writes: nothing of what was ended holds a lock. */
  private static void assertUsable(Context root, DataSource database) throws SQLException {
    var source = ContextDataSource.wrap(database);
    try (var ctx = root.withTimeout(Duration.ofSeconds(20));
        Connection connection = source.connection(ctx)) {
      execute(connection, "insert into item (id) values (2)");
      assertThat(connection.isClosed()).isFalse();
    }
  }
}
