package dev.belay.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.CancellableContext;
import dev.belay.Context;
import dev.belay.ContextCancelledException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Transactions whose context ends. */
class TransactionTest extends DatabaseFixture {
  private static final String INSERT = "insert into item values (1, 'a')";
  private static final String NOTHING_COMMITTED = ", while committing; nothing was committed";

  private Set<Integer> backends;

  /** Makes a commit slow whose transaction has inserted a row named so. */
  @BeforeAll
  void slowCommits() throws SQLException {
    observer.execute(
        """
        create function slow() returns trigger language plpgsql as
          $$ begin perform pg_sleep(0.5); return null; end $$;
        create constraint trigger slow after insert on item deferrable initially deferred
          for each row when (new.name = 'slow') execute function slow()
        """);
  }

  @BeforeEach
  void look() throws SQLException {
    backends = observer.backends();
  }

  private void assertRows(int wanted) throws SQLException {
    assertThat(observer.number("select count(*) from item")).isEqualTo(wanted);
    assertThat(observer.backends()).isEqualTo(backends);
  }

  private Connection transaction(Context ctx) throws SQLException {
    Connection connection = source.connection(ctx);
    connection.setAutoCommit(false);
    execute(connection, INSERT);
    return connection;
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @ParameterizedTest
  @EnumSource(On.class)
  void commitThrowsAfterTheEndAndNothingIsCommitted(On on, CancellableContext root)
      throws Exception {
    try (var ctx = root.withCancel()) {
      var attempt =
          on.start(
              () -> {
                try (Connection connection = transaction(ctx)) {
                  ctx.cancel();
                  connection.commit();
                  return null;
                }
              });
      assertThat(attempt.failure())
          .isExactlyInstanceOf(SQLException.class)
          .hasMessageEndingWith(NOTHING_COMMITTED)
          .hasCauseInstanceOf(ContextCancelledException.class)
          .hasNoSuppressedExceptions();
    }
    assertRows(0);
  }

  @ParameterizedTest
  @EnumSource(On.class)
  void commitThrowsAfterACancelledStatement(On on, CancellableContext root) throws Exception {
    try (var ctx = root.withCancel()) {
      var attempt =
          on.start(
              () -> {
                try (Connection connection = transaction(ctx)) {
                  assertThatThrownBy(() -> execute(connection, SLEEP))
                      .hasCauseInstanceOf(ContextCancelledException.class);
                  connection.commit();
                  return null;
                }
              });
      observer.awaitRunning(SLEEP, 1);
      ctx.cancel();
      assertThat(attempt.failure()).hasMessageEndingWith(NOTHING_COMMITTED);
    }
    assertRows(0);
  }

  @Test
  void whatACallersContextCancelledIsDoomedToo(CancellableContext root) throws Exception {
    try (var inner = root.withCancel();
        Connection connection = transaction(root)) {
      var waiting =
          On.PLATFORM.start(
              () -> {
                observer.awaitRunning(SLEEP, 1);
                inner.cancel();
                return null;
              });
      // The outer call's own canceller may get its turn before the failure has passed through it.
      assertThatThrownBy(() -> inner.run(attempt -> {}, c -> execute(connection, SLEEP)))
          .matches(
              failure ->
                  failure instanceof ContextCancelledException
                      || failure.getCause() instanceof ContextCancelledException);
      waiting.result();
      assertThatThrownBy(connection::commit)
          .hasMessageContaining("a statement of the transaction was cancelled");
      execute(connection, INSERT);
      connection.commit();
    }
    assertRows(1);
  }

  @Test
  void switchingAutoCommitOnIsACommit(CancellableContext root) throws Exception {
    try (var ctx = root.withCancel();
        Connection connection = transaction(ctx)) {
      ctx.cancel();
      assertThatThrownBy(() -> connection.setAutoCommit(true))
          .hasMessageEndingWith(NOTHING_COMMITTED);
      connection.setAutoCommit(true); // nothing is open any more
      assertThat(connection.getAutoCommit()).isTrue();
    }
    assertRows(0);
  }

  @ParameterizedTest
  @EnumSource(On.class)
  void rollbackAndCloseWorkAfterTheEndAndUnderAnInterrupt(On on, CancellableContext root)
      throws Exception {
    try (var ctx = root.withCancel()) {
      var attempt =
          on.start(
              () -> {
                try (Connection connection = transaction(ctx)) {
                  ctx.cancel();
                  Thread.currentThread().interrupt();
                  connection.rollback();
                  connection.setAutoCommit(true);
                }
                return null;
              });
      attempt.result();
      assertThat(attempt.wasInterrupted()).isTrue();
    }
    assertRows(0);
  }

  @ParameterizedTest
  @EnumSource(On.class)
  void closeAloneRollsBack(On on, CancellableContext root) throws Exception {
    try (var ctx = root.withCancel()) {
      var attempt =
          on.start(
              () -> {
                try (Connection connection = transaction(ctx)) {
                  ctx.cancel();
                  Thread.currentThread().interrupt();
                }
                return null;
              });
      attempt.result();
      assertThat(attempt.wasInterrupted()).isTrue();
    }
    assertRows(0);
  }

  @Test
  void rollbackWorksWhenTheRootHasEnded(CancellableContext root) throws Exception {
    try (Connection connection = transaction(root)) {
      root.close();
      connection.rollback();
    }
    assertRows(0);
  }

  @Test
  void rollbackToASavepointWorksAfterTheEnd(CancellableContext root) throws Exception {
    try (var ctx = root.withCancel();
        Connection connection = source.connection(ctx)) {
      connection.setAutoCommit(false);
      Savepoint savepoint = connection.setSavepoint();
      execute(connection, INSERT);
      ctx.cancel();
      connection.rollback(savepoint);
      assertThatThrownBy(connection::commit).hasMessageEndingWith(NOTHING_COMMITTED);
    }
    assertRows(0);
  }

  @Test
  void rollbackWithoutATransactionFailsAndBreaksNothing(Context root) throws Exception {
    try (Connection connection = source.connection(root)) {
      assertThatThrownBy(connection::rollback).isInstanceOf(SQLException.class);
      assertThat(number(connection, "select 1")).isEqualTo(1);
    }
    assertRows(0);
  }

  @ParameterizedTest
  @EnumSource(On.class)
  void aCommitInFlightIsNeverCancelled(On on, CancellableContext root) throws Exception {
    try (var ctx = root.withCancel()) {
      var attempt =
          on.start(
              () -> {
                try (Connection connection = source.connection(ctx)) {
                  connection.setAutoCommit(false);
                  execute(connection, "insert into item values (1, 'slow')");
                  ctx.runInterruptibly(c -> connection.commit());
                  return null;
                }
              });
      observer.awaitRunning("COMMIT", 1);
      ctx.cancel();
      attempt.interrupt();
      attempt.result();
    }
    assertRows(1);
  }

  @ParameterizedTest
  @EnumSource(On.class)
  void aCommitSentAsTextIsNeverCancelledEither(On on, CancellableContext root) throws Exception {
    try (var ctx = root.withCancel()) {
      var attempt =
          on.start(
              () -> {
                try (Connection connection = source.connection(ctx)) {
                  connection.setAutoCommit(false);
                  execute(connection, "insert into item values (1, 'slow')");
                  execute(connection, "/* at last */ Commit");
                  return null;
                }
              });
      observer.awaitRunning("Commit", 1);
      ctx.cancel();
      attempt.interrupt();
      attempt.result();
    }
    assertRows(1);
  }

  @Test
  void aCommitSentAsTextThrowsAfterTheEnd(CancellableContext root) throws Exception {
    try (var ctx = root.withCancel();
        Connection connection = transaction(ctx);
        var commit = connection.prepareStatement("commit")) {
      ctx.cancel();
      assertThatThrownBy(commit::execute).hasMessageEndingWith(NOTHING_COMMITTED);
    }
    assertRows(0);
  }

  @Test
  void aRollbackSentAsTextWorksAfterTheEnd(CancellableContext root) throws Exception {
    try (var ctx = root.withCancel();
        Connection connection = source.connection(ctx);
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      execute(connection, INSERT);
      execute(connection, "savepoint here");
      ctx.cancel();
      statement.execute("rollback to savepoint here");
      assertThatThrownBy(() -> connection.setAutoCommit(true))
          .hasMessageEndingWith(NOTHING_COMMITTED);
      statement.execute("rollback");
      connection.setAutoCommit(true);
    }
    assertRows(0);
  }

  @Test
  void aTransactionThatCannotBeRolledBackIsNotPassedOn(CancellableContext root) throws Exception {
    try (var ctx = root.withCancel();
        Connection connection = source.connection(ctx);
        Statement statement = connection.createStatement()) {
      statement.execute("begin"); // in auto-commit mode, where the driver refuses to roll back
      statement.execute(INSERT);
      ctx.cancel();
      assertThatThrownBy(() -> statement.execute("commit")).hasMessageEndingWith(NOTHING_COMMITTED);
    }
    assertThat(observer.number("select count(*) from item")).isZero();
    observer.execute("truncate item"); // waits for nobody
  }

  @ParameterizedTest
  @EnumSource(On.class)
  void callCommits(On on, Context root) throws Exception {
    var attempt =
        on.start(
            () ->
                Transactions.call(
                    root,
                    source,
                    tx -> {
                      assertThat(tx.getAutoCommit()).isFalse();
                      execute(tx, INSERT);
                      return "done";
                    }));
    assertThat(attempt.result()).isEqualTo("done");
    assertRows(1);
  }

  @ParameterizedTest
  @EnumSource(On.class)
  void callRollsBackOnAnException(On on, Context root) throws Exception {
    var refused = new java.io.IOException("refused");
    var attempt =
        on.start(
            () ->
                Transactions.<String, java.io.IOException>call(
                    root,
                    source,
                    tx -> {
                      execute(tx, INSERT);
                      throw refused;
                    }));
    assertThat(attempt.failure()).isSameAs(refused).hasNoSuppressedExceptions();
    assertRows(0);
  }

  @ParameterizedTest
  @EnumSource(On.class)
  void callRollsBackWhenTheContextEnds(On on, CancellableContext root) throws Exception {
    try (var ctx = root.withCancel()) {
      var inserted = new CountDownLatch(1);
      var ended = new CountDownLatch(1);
      var attempt =
          on.start(
              () ->
                  Transactions.call(
                      ctx,
                      source,
                      tx -> {
                        execute(tx, INSERT);
                        inserted.countDown();
                        ended.await();
                        return "done";
                      }));
      inserted.await();
      ctx.cancel();
      ended.countDown();
      assertThat(attempt.failure()).hasMessageEndingWith(NOTHING_COMMITTED);
    }
    assertRows(0);
  }

  @Test
  void theConnectionGoesBackInTheModeItCameIn(CancellableContext root) throws Exception {
    try (Connection physical = DriverManager.getConnection(server.jdbcUrl())) {
      var kept = ContextDataSource.wrap(Stubs.source(() -> Stubs.unclosable(physical)));
      Transactions.call(root, kept, tx -> number(tx, "select 1"));
      assertThat(physical.getAutoCommit()).isTrue();
      assertThatThrownBy(() -> Transactions.call(root, kept, tx -> number(tx, "select 1/0")))
          .hasMessageContaining("division by zero");
      assertThat(physical.getAutoCommit()).isTrue();
      physical.setAutoCommit(false);
      Transactions.call(root, kept, tx -> number(tx, "select 1"));
      assertThat(physical.getAutoCommit()).isFalse();
    }
  }
}
