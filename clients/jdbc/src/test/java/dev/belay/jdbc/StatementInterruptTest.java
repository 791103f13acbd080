package dev.belay.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.CancellableContext;
import dev.belay.Context;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** An interrupt of the thread that waits for a statement. */
class StatementInterruptTest extends DatabaseFixture {

  @ParameterizedTest
  @EnumSource(On.class)
  void endsTheQueryInTheServerAndKeepsConnectionAndFlag(On on, Context root) throws Exception {
    var before = observer.backends();
    var sleeper = on.start(() -> execute(root, SLEEP));
    observer.awaitRunning(SLEEP, 1);
    sleeper.interrupt();
    assertInterrupted(sleeper.failure(), "57014");
    assertThat(sleeper.failure()).hasMessage("interrupted while executing: select pg_sleep(?)");
    assertThat(sleeper.wasInterrupted()).isTrue();
    assertThat(observer.running(SLEEP)).isZero();
    assertThat(observer.backends()).isEqualTo(before);
  }

  private static void assertInterrupted(Throwable failure, String state) {
    assertThat(failure)
        .isExactlyInstanceOf(SQLException.class)
        .hasCauseInstanceOf(InterruptedException.class);
    assertThat(((SQLException) failure).getSQLState()).isEqualTo(state);
  }

  @ParameterizedTest
  @EnumSource(On.class)
  void theSameConnectionServesOnOnceTheFlagIsCleared(On on, Context root) throws Exception {
    var attempt =
        on.start(
            () -> {
              try (Connection connection = source.connection(root);
                  Statement statement = connection.createStatement()) {
                int first = backendOf(connection);
                try {
                  statement.execute(SLEEP);
                } catch (SQLException e) {
                  assertThat(Thread.interrupted()).isTrue();
                }
                return backendOf(connection) == first;
              }
            });
    observer.awaitRunning(SLEEP, 1);
    attempt.interrupt();
    assertThat(attempt.result()).isTrue();
  }

  @ParameterizedTest
  @EnumSource(On.class)
  void nothingIsSentWithTheFlagSet(On on, Context root) throws Exception {
    var before = observer.backends();
    var attempt =
        on.start(
            () -> {
              Thread.currentThread().interrupt();
              return execute(root, "insert into item values (1, 'a')");
            });
    assertInterrupted(attempt.failure(), null);
    assertThat(attempt.wasInterrupted()).isTrue();
    assertThat(observer.number("select count(*) from item")).isZero();
    assertThat(observer.backends()).isEqualTo(before);
  }

  @ParameterizedTest
  @EnumSource(On.class)
  void anInterruptSentByAnOuterContextCancelsInstead(On on, CancellableContext root)
      throws Exception {
    var before = observer.backends();
    try (var ctx = root.withCancel()) {
      var sleeper = on.start(() -> ctx.callInterruptibly(c -> execute(c, SLEEP)));
      observer.awaitRunning(SLEEP, 1);
      ctx.cancel();
      assertThat(sleeper.failure())
          .isInstanceOf(SQLException.class)
          .hasCauseInstanceOf(dev.belay.ContextCancelledException.class);
      assertThat(sleeper.wasInterrupted()).isFalse();
    }
    assertThat(observer.backends()).isEqualTo(before);
  }

  @ParameterizedTest
  @EnumSource(On.class)
  void aTransactionWithAnInterruptedStatementIsDoomed(On on, Context root) throws Exception {
    var attempt =
        on.start(
            () -> {
              try (Connection connection = source.connection(root);
                  Statement statement = connection.createStatement()) {
                connection.setAutoCommit(false);
                statement.execute("insert into item values (1, 'a')");
                try {
                  statement.execute(SLEEP);
                } catch (SQLException e) {
                  assertThat(Thread.interrupted()).isTrue();
                }
                connection.commit();
                return null;
              }
            });
    observer.awaitRunning(SLEEP, 1);
    attempt.interrupt();
    assertThat(attempt.failure())
        .hasMessage(
            "a statement of the transaction was cancelled before committing; nothing was committed");
    assertThat(observer.number("select count(*) from item")).isZero();
  }
}
