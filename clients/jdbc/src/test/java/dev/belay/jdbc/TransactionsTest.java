package dev.belay.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.CancellableContext;
import dev.belay.Context;
import dev.belay.testkit.VirtualClock;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Transactions with settings, with savepoints, and repeated. */
class TransactionsTest extends DatabaseFixture {

  private static void execute(Connection tx, String sql) throws SQLException {
    try (Statement statement = tx.createStatement()) {
      statement.execute(sql);
    }
  }

  private int items() throws SQLException {
    return observer.number("select count(*) from item");
  }

  @ParameterizedTest
  @EnumSource(On.class)
  void runCommits(On on, Context root) throws Exception {
    var attempt =
        on.start(
            () -> {
              Transactions.run(root, source, tx -> execute(tx, "insert into item values (1, 'a')"));
              return null;
            });
    attempt.result();
    assertThat(items()).isEqualTo(1);
  }

  @Test
  void aSavepointUndoesHalf(Context root) throws Exception {
    Transactions.run(
        root,
        source,
        tx -> {
          execute(tx, "insert into item values (1, 'a')");
          Savepoint savepoint = tx.setSavepoint();
          assertThatThrownBy(() -> execute(tx, "insert into item values (1, 'again')"))
              .isInstanceOf(SQLException.class);
          tx.rollback(savepoint);
          execute(tx, "insert into item values (2, 'b')");
        });
    assertThat(items()).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void settingsAreThoseOfTheTransaction(boolean autoCommit, Context root) throws Exception {
    try (Connection physical = DriverManager.getConnection(server.jdbcUrl())) {
      physical.setAutoCommit(autoCommit);
      var kept = ContextDataSource.wrap(Stubs.source(() -> Stubs.unclosable(physical)));
      for (int i = 0; i < 2; i++) {
        assertThatThrownBy(() -> Transactions.run(root, kept, TransactionsTest::writeReadOnly))
            .isInstanceOf(SQLException.class)
            .hasMessageContaining("read-only transaction");
        assertThat(physical.isReadOnly()).isFalse();
        assertThat(physical.getTransactionIsolation())
            .isEqualTo(Connection.TRANSACTION_READ_COMMITTED);
        assertThat(physical.getAutoCommit()).isEqualTo(autoCommit);
      }
    }
  }

  private static void writeReadOnly(Connection tx) throws SQLException {
    tx.setReadOnly(true);
    tx.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
    tx.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
    try (Statement statement = tx.createStatement();
        var row = statement.executeQuery("show transaction isolation level")) {
      row.next();
      assertThat(row.getString(1)).isEqualTo("serializable");
    }
    execute(tx, "insert into item values (1, 'a')");
  }

  @ParameterizedTest
  @EnumSource(On.class)
  void aSerializationFailureIsRepeatedInANewTransaction(On on, Context root) throws Exception {
    observer.execute("insert into item values (1, 'a')");
    var attempts = new AtomicInteger();
    var attempt =
        on.start(
            () ->
                Transactions.callRetrying(
                    root,
                    source,
                    tx -> {
                      tx.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
                      int seen = number(tx, "select count(*) from item where name = 'a'");
                      if (attempts.incrementAndGet() == 1) {
                        observer.execute("update item set name = 'b'");
                      }
                      execute(tx, "update item set name = name || '!'");
                      return seen;
                    }));
    assertThat(attempt.result()).isZero();
    assertThat(attempts.get()).isEqualTo(2);
    assertThat(observer.number("select count(*) from item where name = 'b!'")).isEqualTo(1);
  }

  /** Fails each time as the database would. */
  private static TransactionRunnable<RuntimeException> failing(String state, AtomicInteger times) {
    return tx -> {
      times.incrementAndGet();
      throw new SQLException("rolled back by the database", state);
    };
  }

  @ParameterizedTest
  @ValueSource(strings = {"40001", "40P01"})
  void afterTenTimesTheFailureIsThrown(String state, Context root) {
    var times = new AtomicInteger();
    assertThatThrownBy(() -> Transactions.runRetrying(root, source, failing(state, times)))
        .hasMessage("rolled back by the database");
    assertThat(times.get()).isEqualTo(10);
  }

  @Test
  void anotherFailureIsNotRepeated(Context root) {
    var times = new AtomicInteger();
    assertThatThrownBy(() -> Transactions.runRetrying(root, source, failing("23505", times)))
        .hasMessage("rolled back by the database");
    assertThat(times.get()).isEqualTo(1);
  }

  @Test
  void withoutTimeForAnotherRoundItIsNotRepeated(CancellableContext root, VirtualClock clock)
      throws Exception {
    var times = new AtomicInteger();
    try (var ctx = root.withTimeout(Duration.ofSeconds(10))) {
      assertThatThrownBy(
              () ->
                  Transactions.runRetrying(
                      ctx,
                      source,
                      tx -> {
                        times.incrementAndGet();
                        clock.advance(Duration.ofSeconds(6));
                        throw new SQLException("rolled back by the database", "40001");
                      }))
          .hasMessage("rolled back by the database");
    }
    assertThat(times.get()).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource(On.class)
  void anInterruptEndsTheRepeating(On on, Context root) throws Exception {
    var times = new AtomicInteger();
    var attempt =
        on.start(
            () -> {
              Transactions.runRetrying(
                  root,
                  source,
                  tx -> {
                    times.incrementAndGet();
                    Thread.currentThread().interrupt();
                    throw new SQLException("rolled back by the database", "40001");
                  });
              return null;
            });
    assertThat(attempt.failure())
        .hasMessage("interrupted while waiting to repeat the transaction")
        .hasCauseInstanceOf(InterruptedException.class)
        .hasRootCauseMessage("rolled back by the database");
    assertThat(attempt.wasInterrupted()).isTrue();
    assertThat(times.get()).isEqualTo(1);
  }
}
