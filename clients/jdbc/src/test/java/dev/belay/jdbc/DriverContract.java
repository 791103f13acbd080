package dev.belay.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.belay.CancellableContext;
import dev.belay.Context;
import dev.belay.ContextCancelledException;
import dev.belay.DeadlineExceededException;
import dev.belay.testkit.Attempt;
import dev.belay.testkit.SharedThreads;
import dev.belay.testkit.VirtualClock;
import java.nio.file.Path;
import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is true of every known driver with its database. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SharedThreads({"HikariPool", "PostgreSQL-JDBC"})
abstract class DriverContract<D extends TestDatabase> {
  static final int POOL_SIZE = 3;

  private D database;
  private CountingSource counts;
  private HikariDataSource pool;
  private ContextDataSource source;

  /** Starts the database; {@code folder} is for its files. */
  abstract D start(Path folder) throws Exception;

  final D database() {
    return database;
  }

  final ContextDataSource source() {
    return source;
  }

  @BeforeAll
  void startOnce(@TempDir Path folder) throws Exception {
    database = start(folder);
    database.execute("create table item (id bigint primary key)");
    counts = new CountingSource(database.jdbcUrl());
    pool = pool(counts);
    source = ContextDataSource.wrap(pool);
  }

  @AfterAll
  void stop() throws Exception {
    if (database != null) {
      pool.close();
      database.close();
    }
  }

  @AfterEach
  void nothingIsLeft() throws Exception {
    DatabaseFixture.await(
        () ->
            pool.getHikariPoolMXBean().getActiveConnections() == 0
                && pool.getHikariPoolMXBean().getTotalConnections() == POOL_SIZE,
        "every connection is back, and lost ones are replaced");
    assertNothingWorks();
    database.execute("delete from item");
  }

  static HikariDataSource pool(CountingSource counts) {
    var config = new HikariConfig();
    config.setDataSource(counts.source());
    config.setMaximumPoolSize(POOL_SIZE);
    config.setConnectionTimeout(15_000);
    var pool = new HikariDataSource(config);
    DatabaseFixture.await(
        () -> pool.getHikariPoolMXBean().getTotalConnections() == POOL_SIZE, "a full pool");
    return pool;
  }

  /** Some servers answer a moment before they count as idle; no statement here ends by itself. */
  final void assertNothingWorks() throws SQLException {
    int working = database.working();
    for (int looks = 0; working != 0 && looks < 50; looks++) {
      working = database.working();
    }
    assertThat(working).as("statements at work").isZero();
  }

  /** Waits for a long statement: a new connection is asked something short first. */
  final void awaitWork(Attempt<?> attempt) throws SQLException {
    for (int looks = 0; looks < 20; looks++) {
      if (database.working() == 0) {
        assertThat(attempt.isRunning()).as("the statement is still to be executed").isTrue();
        looks = 0;
      }
    }
  }

  private int rows() throws SQLException {
    return database.number("select count(*) from item");
  }

  static Void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
      return null;
    }
  }

  private Void execute(Context ctx, String sql) throws SQLException {
    return execute(source, ctx, sql);
  }

  static Void execute(ContextDataSource source, Context ctx, String sql) throws SQLException {
    try (Connection connection = source.connection(ctx)) {
      return execute(connection, sql);
    }
  }

  private void assertNoConnectionIsLost(int openedBefore) {
    if (database.keepsConnections()) {
      assertThat(counts.opened()).as("connections").isEqualTo(openedBefore);
    }
  }

  @ParameterizedTest
  @EnumSource(On.class)
  void aLongQueryEndsWithItsContext(On on, CancellableContext root) throws Exception {
    int before = counts.opened();
    try (var ctx = root.withCancel()) {
      var attempt = on.start(() -> execute(ctx, database.longQuery()));
      awaitWork(attempt);
      ctx.cancel();
      assertThat(attempt.failure())
          .isExactlyInstanceOf(SQLException.class)
          .hasCauseInstanceOf(ContextCancelledException.class);
    }
    assertNothingWorks();
    assertNoConnectionIsLost(before);
    execute(root, database.shortQuery());
  }

  @ParameterizedTest
  @EnumSource(On.class)
  void aLongQueryEndsAtItsDeadline(On on, VirtualClock clock, Context root) throws Exception {
    int before = counts.opened();
    var limit = Duration.ofMinutes(1);
    try (var ctx = root.withTimeout(limit)) {
      var attempt = on.start(() -> execute(ctx, database.longQuery()));
      awaitWork(attempt);
      clock.advance(limit);
      assertThat(attempt.failure())
          .isExactlyInstanceOf(SQLTimeoutException.class)
          .hasCauseInstanceOf(DeadlineExceededException.class);
      assertThat(attempt.failure().getCause()).hasCauseInstanceOf(SQLException.class);
    }
    assertNothingWorks();
    assertNoConnectionIsLost(before);
  }

  @ParameterizedTest
  @EnumSource(On.class)
  void aLongQueryEndsWithAnInterruptOfItsThread(On on, Context root) throws Exception {
    int before = counts.opened();
    var attempt = on.start(() -> execute(root, database.longQuery()));
    awaitWork(attempt);
    attempt.interrupt();
    assertThat(attempt.failure())
        .isExactlyInstanceOf(SQLException.class)
        .hasCauseInstanceOf(InterruptedException.class);
    assertThat(attempt.wasInterrupted()).isTrue();
    assertNothingWorks();
    assertNoConnectionIsLost(before);
  }

  /** Twenty inserts, one of them other than the rest. */
  private Void batch(Connection connection, String tenth) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      for (int i = 0; i < 20; i++) {
        statement.addBatch(i == 9 ? tenth : "insert into item values (" + (100 + i) + ")");
      }
      assertThat(statement.executeBatch()).hasSize(20);
      return null;
    }
  }

  @ParameterizedTest
  @EnumSource(On.class)
  void aBatchThatEndsLeavesNothing(On on, CancellableContext root) throws Exception {
    try (var ctx = root.withCancel()) {
      var attempt =
          on.start(
              () -> {
                try (Connection connection = source.connection(ctx)) {
                  return batch(connection, database.longInsert());
                }
              });
      awaitWork(attempt);
      ctx.cancel();
      assertThat(attempt.failure())
          .hasCauseInstanceOf(ContextCancelledException.class)
          .hasMessageContaining("executing a batch");
    }
    assertThat(rows()).isZero();
  }

  @Test
  void aBatchThatFailsLeavesNothingAndTheConnectionIsAsItWas(Context root) throws Exception {
    try (Connection connection = source.connection(root)) {
      assertThatThrownBy(() -> batch(connection, "insert into item values (100)"))
          .isInstanceOf(SQLException.class)
          .satisfies(
              e -> {
                if (e instanceof BatchUpdateException batch) {
                  assertThat(e).hasMessageStartingWith("nothing of the batch was done: ");
                  assertThat(batch.getUpdateCounts()).isEmpty();
                }
              });
      assertThat(rows()).isZero();
      assertThat(connection.getAutoCommit()).isTrue();
      batch(connection, "insert into item values (7)");
      assertThat(rows()).isEqualTo(20);
    }
  }

  @ParameterizedTest
  @EnumSource(On.class)
  void aTransactionRollsBackAfterTheEnd(On on, CancellableContext root) throws Exception {
    var inserted = new CountDownLatch(1);
    try (var ctx = root.withCancel()) {
      var attempt =
          on.start(
              () -> {
                try (Connection connection = source.connection(ctx)) {
                  connection.setAutoCommit(false);
                  execute(connection, "insert into item values (1)");
                  inserted.countDown();
                  assertThatThrownBy(() -> execute(connection, database.longInsert()))
                      .hasCauseInstanceOf(ContextCancelledException.class);
                  connection.rollback();
                  return null;
                }
              });
      inserted.await();
      awaitWork(attempt);
      ctx.cancel();
      attempt.result();
    }
    assertThat(rows()).isZero();
  }

  @ParameterizedTest
  @EnumSource(On.class)
  void noStatementIsSentInATransactionThatLostOne(On on, Context root) throws Exception {
    var inserted = new CountDownLatch(1);
    var attempt =
        on.start(
            () -> {
              try (Connection connection = source.connection(root)) {
                connection.setAutoCommit(false);
                execute(connection, "insert into item values (1)");
                inserted.countDown();
                assertThatThrownBy(() -> execute(connection, database.longInsert()))
                    .hasCauseInstanceOf(InterruptedException.class);
                assertThat(Thread.interrupted()).isTrue();
                assertThatThrownBy(() -> execute(connection, "insert into item values (2)"))
                    .isInstanceOf(SQLException.class);
                assertThatThrownBy(connection::commit).isInstanceOf(SQLException.class);
                return null;
              }
            });
    inserted.await();
    awaitWork(attempt);
    attempt.interrupt();
    attempt.result();
    assertThat(rows()).isZero();
  }
}
