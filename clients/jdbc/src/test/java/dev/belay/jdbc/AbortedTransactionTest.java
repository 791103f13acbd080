package dev.belay.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.CancellableContext;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A transaction that the server has aborted because of a statement that failed: PostgreSQL's driver
 * would return normally from its commit, and nothing would be committed.
 */
class AbortedTransactionTest extends DatabaseFixture {

  /** The ways to commit. */
  enum Commit {
    METHOD {
      @Override
      void on(Connection connection) throws SQLException {
        connection.commit();
      }
    },
    TEXT {
      @Override
      void on(Connection connection) throws SQLException {
        execute(connection, "commit");
      }
    },
    BEHIND_A_NESTED_COMMENT {
      @Override
      void on(Connection connection) throws SQLException {
        execute(connection, "/* a /* b */ c */ commit");
      }
    },
    BEHIND_A_LONG_COMMENT {
      @Override
      void on(Connection connection) throws SQLException {
        execute(connection, "/*" + "x".repeat(10_000) + "*/ commit");
      }
    },
    IN_A_BATCH {
      @Override
      void on(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
          statement.addBatch("commit");
          statement.executeBatch();
        }
      }
    },
    IN_A_PREPARED_BATCH {
      @Override
      void on(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("commit")) {
          statement.addBatch();
          statement.executeBatch();
        }
      }
    },
    AUTO_COMMIT {
      @Override
      void on(Connection connection) throws SQLException {
        connection.setAutoCommit(true);
      }
    };

    abstract void on(Connection connection) throws SQLException;
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** One row that is good, and one that fails and is forgotten. */
  private static void insertTwice(Connection connection) throws SQLException {
    execute(connection, "insert into item values (1, 'a')");
    assertThatThrownBy(() -> execute(connection, "insert into item values (1, 'b')"))
        .isInstanceOf(SQLException.class);
  }

  @Test
  void runThrows(CancellableContext root) throws Exception {
    assertThatThrownBy(() -> Transactions.run(root, source, AbortedTransactionTest::insertTwice))
        .isInstanceOf(SQLException.class)
        .hasMessage(
            "the transaction was aborted by a statement that failed before committing;"
                + " nothing was committed");
    assertThat(observer.number("select count(*) from item")).isZero();
  }

  @ParameterizedTest
  @EnumSource(Commit.class)
  void everyCommitThrowsAndTheConnectionServesOn(Commit commit, CancellableContext root)
      throws Exception {
    try (Connection connection = source.connection(root)) {
      connection.setAutoCommit(false);
      insertTwice(connection);
      assertThatThrownBy(() -> commit.on(connection))
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("25P02"));
      execute(connection, "insert into item values (2, 'c')");
      connection.commit();
    }
    assertThat(observer.number("select count(*) from item")).isEqualTo(1);
  }

  @Test
  void aSavepointSavesIt(CancellableContext root) throws Exception {
    Transactions.run(
        root,
        source,
        tx -> {
          execute(tx, "insert into item values (1, 'a')");
          Savepoint before = tx.setSavepoint();
          assertThatThrownBy(() -> execute(tx, "insert into item values (1, 'b')"))
              .isInstanceOf(SQLException.class);
          tx.rollback(before);
        });
    assertThat(observer.number("select count(*) from item")).isEqualTo(1);
  }
}
