package dev.belay.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.CancellableContext;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sqlite.SQLiteDataSource;

/** SQLite ends a transaction because of some failures, and then would commit what follows. */
class SqliteTransactionTest {
  @TempDir private Path folder;
  private final SQLiteDataSource sqlite = new SQLiteDataSource();

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @BeforeEach
  void create() throws SQLException {
    sqlite.setUrl("jdbc:sqlite:" + folder.resolve("shop.db"));
    try (Connection connection = sqlite.getConnection()) {
      execute(connection, "create table item (id int primary key)");
      execute(connection, "insert into item values (1)");
      execute(
          connection,
          "create trigger t before insert on item when new.id = 99"
              + " begin select raise(rollback, 'no'); end");
    }
  }

  private String items() throws SQLException {
    try (Connection connection = sqlite.getConnection();
        Statement statement = connection.createStatement();
        var rows = statement.executeQuery("select group_concat(id) from item")) {
      assertThat(rows.next()).isTrue();
      return rows.getString(1);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"insert or rollback into item values (1)", "insert into item values (99)"})
  void whatFollowsAFailureThatHasRolledBackIsRefused(String failing, CancellableContext root)
      throws Exception {
    assertThatThrownBy(
            () ->
                Transactions.run(
                    root,
                    ContextDataSource.wrap(sqlite),
                    tx -> {
                      execute(tx, "insert into item values (2)");
                      assertThatThrownBy(() -> execute(tx, failing))
                          .isInstanceOf(SQLException.class);
                      execute(tx, "insert into item values (3)");
                    }))
        .isInstanceOf(SQLException.class)
        .hasMessageContaining("has rolled the transaction back");
    assertThat(items()).isEqualTo("1");
  }

  @Test
  void aFailureOfOneStatementLeavesTheTransactionOpen(CancellableContext root) throws Exception {
    Transactions.run(
        root,
        ContextDataSource.wrap(sqlite),
        tx -> {
          execute(tx, "insert into item values (2)");
          assertThatThrownBy(() -> execute(tx, "insert into item values (1)"))
              .isInstanceOf(SQLException.class);
          execute(tx, "insert into item values (3)");
        });
    assertThat(items()).isEqualTo("1,2,3");
  }

  @Test
  void whatFollowsARollbackByTextIsInTheNextTransaction(CancellableContext root) throws Exception {
    try (Connection connection = ContextDataSource.wrap(sqlite).connection(root)) {
      connection.setAutoCommit(false);
      execute(connection, "insert into item values (2)");
      execute(connection, "rollback");
      execute(connection, "insert into item values (3)");
      connection.rollback();
    }
    assertThat(items()).isEqualTo("1");
  }
}
