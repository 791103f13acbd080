package dev.belay.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import com.zaxxer.hikari.HikariDataSource;
import dev.belay.CancellableContext;
import dev.belay.Context;
import dev.belay.ContextCancelledException;
import dev.belay.DeadlineExceededException;
import dev.belay.spi.LiveThread;
import dev.belay.spi.TreeInspector;
import dev.belay.testkit.Attempt;
import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A statement in flight when the context ends. */
class StatementTest extends DatabaseFixture {
  private static final String QUERY_CANCELED = "57014";

  /** Somebody who waits in the server. */
  private Attempt<Integer> sleeper(On on, Context ctx) throws SQLException {
    Attempt<Integer> sleeper = on.start(() -> execute(ctx, SLEEP));
    observer.awaitRunning(SLEEP, 1);
    return sleeper;
  }

  private static void assertCancelled(Throwable failure) {
    assertThat(failure)
        .isExactlyInstanceOf(SQLException.class)
        .hasCauseInstanceOf(ContextCancelledException.class);
    assertThat(((SQLException) failure).getSQLState()).isEqualTo(QUERY_CANCELED);
    assertThat(failure.getCause().getCause())
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo(QUERY_CANCELED));
  }

  @ParameterizedTest
  @EnumSource(On.class)
  void endsWithCancelAndTheConnectionLives(On on, CancellableContext root) throws Exception {
    Set<Integer> before = observer.backends();
    try (var ctx = root.withCancel()) {
      var sleeper = sleeper(on, ctx);
      ctx.cancel();
      assertCancelled(sleeper.failure());
      assertThat(sleeper.failure())
          .hasMessageEndingWith(", while executing: select pg_sleep(?)")
          .hasMessageStartingWith("cancelled by the owner of ");
      assertThat(sleeper.wasInterrupted()).isFalse();
    }
    assertThat(observer.running(SLEEP)).isZero();
    assertThat(observer.backends()).isEqualTo(before);
    try (Connection connection = source.connection(root)) {
      assertThat(before).contains(backendOf(connection));
    }
  }

  @ParameterizedTest
  @EnumSource(On.class)
  void theLiveTreeShowsItWithoutLiterals(On on, CancellableContext root) throws Exception {
    try (var ctx = root.withCancel()) {
      var sleeper = sleeper(on, ctx);
      assertThat(TreeInspector.live(ctx).stream().flatMap(live -> live.threads().stream()))
          .extracting(LiveThread::resource, LiveThread::subject)
          .contains(tuple("PostgreSQL statement", "select pg_sleep(?)"));
      ctx.cancel();
      assertCancelled(sleeper.failure());
    }
  }

  @ParameterizedTest
  @EnumSource(On.class)
  void endsWithTheDeadline(On on, Context root) throws Exception {
    Set<Integer> before = observer.backends();
    try (var ctx = root.withTimeout(Duration.ofMillis(60))) {
      var sleeper = on.start(() -> execute(ctx, SLEEP));
      assertThat(sleeper.failure())
          .isInstanceOf(SQLTimeoutException.class)
          .hasMessageStartingWith("deadline of 60ms")
          .hasMessageEndingWith(", while executing: select pg_sleep(?)")
          .hasCauseInstanceOf(DeadlineExceededException.class);
      assertThat(sleeper.failure().getCause()).hasCauseInstanceOf(SQLException.class);
    }
    assertThat(observer.running(SLEEP)).isZero();
    assertThat(observer.backends()).isEqualTo(before);
  }

  @ParameterizedTest
  @EnumSource(On.class)
  void endsWithTheParent(On on, CancellableContext root) throws Exception {
    try (var parent = root.withCancel();
        var ctx = parent.withTimeout(Duration.ofMinutes(1))) {
      var sleeper = sleeper(on, ctx.withName("report"));
      var why = new IllegalStateException("shutdown");
      parent.cancel(why);
      assertCancelled(sleeper.failure());
      assertThat(((ContextCancelledException) sleeper.failure().getCause()).ending().cause())
          .isSameAs(why);
    }
    assertThat(observer.running(SLEEP)).isZero();
  }

  @ParameterizedTest
  @EnumSource(On.class)
  void preparedParametersAreNotShown(On on, CancellableContext root) throws Exception {
    try (var ctx = root.withCancel()) {
      var sleeper =
          on.start(
              () -> {
                try (Connection connection = source.connection(ctx);
                    PreparedStatement statement =
                        connection.prepareStatement("select pg_sleep(?),\n  ?::text")) {
                  statement.setInt(1, 60);
                  statement.setString(2, "secret");
                  return statement.executeQuery();
                }
              });
      observer.awaitRunning("pg_sleep", 1);
      ctx.cancel();
      assertCancelled(sleeper.failure());
      assertThat(sleeper.failure()).hasMessageEndingWith("executing: select pg_sleep(?), ?::text");
      for (Throwable t = sleeper.failure(); t != null; t = t.getCause()) {
        assertThat(t).hasMessageNotContaining("secret");
      }
    }
  }

  @ParameterizedTest
  @EnumSource(On.class)
  void aBatchEndsAndLeavesNothing(On on, CancellableContext root) throws Exception {
    try (var ctx = root.withCancel()) {
      var batch =
          on.start(
              () -> {
                try (Connection connection = source.connection(ctx);
                    PreparedStatement statement =
                        connection.prepareStatement(
                            "insert into item select ?, pg_sleep(?)::text")) {
                  for (int i = 0; i < 20; i++) {
                    statement.setInt(1, i);
                    statement.setInt(2, i == 10 ? 60 : 0);
                    statement.addBatch();
                  }
                  return statement.executeBatch();
                }
              });
      observer.awaitRunning("pg_sleep", 1);
      ctx.cancel();
      assertCancelled(batch.failure());
      assertThat(batch.failure().getCause()).hasCauseInstanceOf(BatchUpdateException.class);
    }
    assertThat(observer.number("select count(*) from item")).isZero();
  }

  @ParameterizedTest
  @EnumSource(On.class)
  void aRowLockWaitEnds(On on, CancellableContext root) throws Exception {
    observer.execute("insert into item values (1, 'a')");
    try (var ctx = root.withCancel();
        Connection holder = pool.getConnection()) {
      holder.setAutoCommit(false);
      number(holder, "select id from item where id = 1 for update");
      var waiter = on.start(() -> execute(ctx, "update item set name = 'b' where id = 1"));
      observer.awaitLockWait();
      ctx.cancel();
      assertCancelled(waiter.failure());
    }
    assertThat(observer.number("select count(*) from item where name = 'a'")).isEqualTo(1);
  }

  @Test
  void noStatementIsSentAfterTheEnd(CancellableContext root) throws Exception {
    try (var ctx = root.withCancel();
        Connection connection = source.connection(ctx);
        Statement statement = connection.createStatement()) {
      ctx.cancel();
      assertThatThrownBy(() -> statement.execute("insert into item values (1, 'a')"))
          .isExactlyInstanceOf(SQLException.class)
          .hasMessageEndingWith(", while executing: insert into item values (?, ?)")
          .hasCauseInstanceOf(ContextCancelledException.class);
      assertThatThrownBy(() -> connection.prepareStatement("select 1"))
          .hasMessageEndingWith(", while preparing a statement: select ?")
          .hasCauseInstanceOf(ContextCancelledException.class);
    }
    assertThat(observer.number("select count(*) from item")).isZero();
  }

  @ParameterizedTest
  @EnumSource(On.class)
  void theDatabasesOwnFailureIsThrownAsItIs(On on, Context root) throws Exception {
    assertThat(on.start(() -> execute(root, "select 1/0")).failure())
        .isInstanceOfSatisfying(
            SQLException.class,
            e -> {
              assertThat(e.getSQLState()).isEqualTo("22012");
              assertThat(e.getCause()).isNull();
            });
  }

  @Test
  void aLongStatementIsShownInPart(CancellableContext root) throws Exception {
    try (var ctx = root.withCancel();
        Connection connection = source.connection(ctx);
        Statement statement = connection.createStatement()) {
      ctx.cancel();
      assertThatThrownBy(() -> statement.execute("select " + "1 + ".repeat(100_000) + "1"))
          .hasMessageContaining("executing: select ? + ?")
          .hasMessageEndingWith("…")
          .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(300));
    }
  }

  @ParameterizedTest
  @EnumSource(On.class)
  void aMetadataQueryEnds(On on, CancellableContext root) throws Exception {
    try (var ctx = root.withCancel();
        Connection holder = pool.getConnection()) {
      holder.setAutoCommit(false);
      try (Statement lock = holder.createStatement()) {
        lock.execute("lock table pg_class in access exclusive mode");
      }
      var waiter =
          on.start(
              () -> {
                try (Connection connection = source.connection(ctx);
                    ResultSet tables =
                        connection.getMetaData().getTables(null, "public", "%", null)) {
                  return tables.next();
                }
              });
      // Not by the observer: its own look at the server would wait for the lock as well.
      await(() -> poolState().getActiveConnections() == 2, "the reader has its connection");
      ctx.cancel();
      assertThat(waiter.failure()).hasCauseInstanceOf(ContextCancelledException.class);
      holder.rollback();
    }
  }

  /** The driver says the same of a cancel that has arrived and of one that timed out on its way. */
  @Test
  void aCancelThatTookLongCostsTheConnection(CancellableContext root) throws Exception {
    try (var ctx = root.withCancel();
        var proxy = new CancelProxy(TestDatabases.of(server), Duration.ofSeconds(1), 1);
        HikariDataSource behind = pool(proxy.jdbcUrl())) {
      await(() -> behind.getHikariPoolMXBean().getTotalConnections() == POOL_SIZE, "a full pool");
      Set<Integer> before = observer.backends();
      var sleeper =
          On.VIRTUAL.start(
              () -> {
                var patient = ContextDataSource.wrap(behind, Duration.ofSeconds(10));
                try (Connection connection = patient.connection(ctx);
                    Statement statement = connection.createStatement()) {
                  return statement.execute(SLEEP);
                }
              });
      observer.awaitRunning(SLEEP, 1);
      ctx.cancel();
      assertCancelled(sleeper.failure());
      await(() -> backendsOtherThan(before), "another connection");
    }
  }

  private boolean backendsOtherThan(Set<Integer> before) {
    try {
      return !observer.backends().equals(before);
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }
}
