package dev.belay.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.Context;
import dev.belay.DeadlineExceededException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.sql.Statement;
import java.time.Duration;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
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

  private static void assertEndsInTime(Context root, DataSource database, Use use) {
    var source = ContextDataSource.wrap(database);
    assertThatThrownBy(
            () -> {
              try (var ctx = root.withTimeout(DEADLINE);
                  Connection connection = source.connection(ctx)) {
                use.on(connection);
              }
            })
        .isInstanceOf(SQLTimeoutException.class)
        .hasCauseInstanceOf(DeadlineExceededException.class);
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

  @Test
  void sqliteExecutes(Context root) throws SQLException {
    SQLiteDataSource sqlite = sqlite();
    try (Connection holder = sqlite.getConnection()) {
      execute(holder, "begin exclusive");
      assertEndsInTime(root, sqlite, ours -> execute(ours, "insert into item values (1)"));
      execute(holder, "rollback");
    }
    assertUsable(root, sqlite);
  }

  @Test
  void sqlitePrepares(Context root) throws SQLException {
    SQLiteDataSource sqlite = sqlite();
    try (Connection holder = sqlite.getConnection()) {
      execute(holder, "begin exclusive");
      assertEndsInTime(
          root,
          sqlite,
          ours -> {
            try (PreparedStatement insert = ours.prepareStatement("insert into item values (?)")) {
              insert.setInt(1, 1);
              insert.executeUpdate();
            }
          });
      execute(holder, "rollback");
    }
    assertUsable(root, sqlite);
  }

  @Test
  void h2ExecutesAndWaitsForARow(Context root) throws SQLException {
    var h2 = new JdbcDataSource();
    h2.setURL("jdbc:h2:mem:lock;LOCK_TIMEOUT=" + LOCK_TIMEOUT_MILLIS);
    try (Connection holder = DriverManager.getConnection(h2.getURL())) {
      execute(holder, "create table item (id int)");
      execute(holder, "insert into item values (7)");
      holder.setAutoCommit(false);
      execute(holder, "update item set id = 8");
      assertEndsInTime(root, h2, ours -> execute(ours, "update item set id = 9"));
      holder.rollback();
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
