package dev.belay.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.belay.CancellableContext;
import dev.belay.Context;
import dev.belay.DeadlineExceededException;
import dev.belay.testkit.faults.FaultProxy;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.postgresql.PGConnection;

/**
 * A server that takes a cancel and does nothing: its process is stopped, or what lies between has
 * gone silent. Nothing in these tests would end by itself.
 */
class StalledServerTest extends DatabaseFixture {
  private static final Duration DEADLINE = Duration.ofMillis(300);

  private int stopped;

  /** How a server stops answering. */
  enum Stall {
    STOPPED_PROCESS,
    SILENT_PROXY
  }

  /** What waits for the server then. */
  enum Waiting {
    EXECUTE {
      @Override
      void on(Connection connection, Stalling stalling) throws Exception {
        try (Statement statement = connection.createStatement()) {
          stalling.stall();
          statement.execute(SLEEP);
        }
      }
    },
    CURSOR {
      @Override
      void on(Connection connection, Stalling stalling) throws Exception {
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
          statement.setFetchSize(1);
          try (ResultSet rows = statement.executeQuery("select generate_series(1, 100)")) {
            assertThat(rows.next()).isTrue();
            stalling.stall();
            boolean unused = rows.next();
          }
        }
      }
    };

    abstract void on(Connection connection, Stalling stalling) throws Exception;
  }

  /** Makes the server stop answering. */
  @FunctionalInterface
  private interface Stalling {
    void stall() throws Exception;
  }

  static Stream<Arguments> all() {
    return Stream.of(Waiting.values())
        .flatMap(
            waiting ->
                Stream.of(Stall.values())
                    .flatMap(
                        stall ->
                            Stream.of(On.values())
                                .flatMap(
                                    on ->
                                        Stream.of(false, true)
                                            .map(
                                                limited ->
                                                    Arguments.of(waiting, stall, on, limited)))));
  }

  private void stop(int backend) throws IOException, InterruptedException {
    stopped = backend;
    signal("STOP", backend);
  }

  private static void signal(String name, int process) throws IOException, InterruptedException {
    int code = new ProcessBuilder("kill", "-" + name, Integer.toString(process)).start().waitFor();
    assertThat(code).isZero();
  }

  @AfterEach
  void goOn() throws Exception {
    if (stopped != 0) {
      signal("CONT", stopped);
      stopped = 0;
    }
    observer.execute(
        // An idle one also shows its last query, and the pool does not notice that it has gone.
        "select pg_terminate_backend(pid) from pg_stat_activity where query like '%pg_sleep(60)%'"
            + " and state <> 'idle' and pid <> pg_backend_pid()");
  }

  private Stalling stalling(Stall stall, FaultProxy proxy, Connection connection)
      throws SQLException {
    int backend = connection.unwrap(PGConnection.class).getBackendPID();
    return stall == Stall.SILENT_PROXY ? proxy::goSilent : () -> stop(backend);
  }

  private static void assertDeadline(Throwable failure) {
    assertThat(failure)
        .isInstanceOf(SQLTimeoutException.class)
        .hasMessageStartingWith("deadline of 300ms")
        .hasCauseInstanceOf(DeadlineExceededException.class);
  }

  @ParameterizedTest
  @MethodSource("all")
  void aCallReturnsAfterThePatience(
      Waiting waiting, Stall stall, On on, boolean limited, Context root) throws Exception {
    TestDatabase.Server database = TestDatabases.of(server);
    try (var proxy = FaultProxy.to(database.port());
        HikariDataSource behind = pool(database.jdbcUrl(proxy.port()))) {
      var source = ContextDataSource.wrap(behind);
      var ours = limited ? source.withServerLimit() : source;
      var lost = new int[1];
      var attempt =
          on.start(
              () -> {
                try (var ctx = root.withTimeout(DEADLINE);
                    Connection connection = ours.connection(ctx)) {
                  lost[0] = connection.unwrap(PGConnection.class).getBackendPID();
                  waiting.on(connection, stalling(stall, proxy, connection));
                  return null;
                }
              });
      assertDeadline(attempt.failure());
      assertThat(attempt.wasInterrupted()).isFalse();
      proxy.pass();
      try (Connection next = source.connection(root)) {
        assertThat(backendOf(next)).isNotEqualTo(lost[0]);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(On.class)
  void aCommitHasAnUnknownOutcome(On on, Context root) throws Exception {
    var attempt =
        on.start(
            () -> {
              try (var ctx = root.withTimeout(DEADLINE);
                  Connection connection = source.connection(ctx);
                  Statement statement = connection.createStatement()) {
                connection.setAutoCommit(false);
                statement.execute("insert into item values (1, 'a')");
                stop(connection.unwrap(PGConnection.class).getBackendPID());
                connection.commit();
                return null;
              }
            });
    assertThat(attempt.failure()).isInstanceOf(CommitOutcomeUnknownException.class);
    assertDeadline(attempt.failure().getCause());
    goOn();
    observer.awaitBackends(POOL_SIZE);
  }

  @ParameterizedTest
  @EnumSource(On.class)
  void aRollbackSaysWhoseTimeWasUp(On on, Context root) throws Exception {
    var attempt =
        on.start(
            () -> {
              try (var ctx = root.withTimeout(DEADLINE);
                  Connection connection = source.connection(ctx);
                  Statement statement = connection.createStatement()) {
                connection.setAutoCommit(false);
                statement.execute("insert into item values (1, 'a')");
                stop(connection.unwrap(PGConnection.class).getBackendPID());
                connection.rollback();
                return null;
              }
            });
    assertDeadline(attempt.failure());
    goOn();
    observer.awaitBackends(POOL_SIZE);
  }

  @ParameterizedTest
  @EnumSource(On.class)
  void aCloseReturns(On on, Context root) throws Exception {
    var attempt =
        on.start(
            () -> {
              try (var ctx = root.withTimeout(DEADLINE)) {
                Connection connection = source.connection(ctx);
                connection.setAutoCommit(false);
                try (Statement statement = connection.createStatement()) {
                  statement.execute("insert into item values (1, 'a')");
                }
                stop(connection.unwrap(PGConnection.class).getBackendPID());
                connection.close();
                return null;
              }
            });
    attempt.result();
    goOn();
    observer.awaitBackends(POOL_SIZE);
    assertThat(observer.number("select count(*) from item")).isZero();
  }

  /** The driver waits for a lock of its own there, which no broken connection frees. */
  @ParameterizedTest
  @EnumSource(On.class)
  void anOpenCopyHoldsUpNothing(On on, CancellableContext root) throws Exception {
    for (boolean autoCommit : new boolean[] {false, true}) {
      var lost = new int[1];
      var attempt =
          on.start(
              () -> {
                Connection connection = source.connection(root);
                PGConnection driver = connection.unwrap(PGConnection.class);
                lost[0] = driver.getBackendPID();
                connection.setAutoCommit(autoCommit);
                assertThat(driver.getCopyAPI().copyIn("copy item from stdin").isActive()).isTrue();
                connection.close();
                return null;
              });
      attempt.result();
      assertThat(attempt.wasInterrupted()).isFalse();
      for (int i = 0; i < 2 * POOL_SIZE; i++) {
        try (Connection next = source.connection(root)) {
          assertThat(backendOf(next)).isNotEqualTo(lost[0]);
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(On.class)
  void aStatementBehindAnOpenCopyEnds(On on, CancellableContext root) throws Exception {
    var attempt =
        on.start(
            () -> {
              try (var ctx = root.withTimeout(DEADLINE);
                  Connection connection = source.connection(ctx);
                  Statement statement = connection.createStatement()) {
                PGConnection driver = connection.unwrap(PGConnection.class);
                assertThat(driver.getCopyAPI().copyIn("copy item from stdin").isActive()).isTrue();
                statement.execute("select 1");
                return null;
              }
            });
    assertDeadline(attempt.failure());
    assertThat(attempt.wasInterrupted()).isFalse();
  }

  @ParameterizedTest
  @EnumSource(On.class)
  void aCloseByAnotherThreadCancelsTheQuery(On on, Context root) throws Exception {
    var opened = new CountDownLatch(1);
    var connection = new Connection[1];
    var sleeper =
        on.start(
            () -> {
              connection[0] = source.connection(root);
              connection[0].setAutoCommit(false);
              opened.countDown();
              try (Statement statement = connection[0].createStatement()) {
                return statement.execute(SLEEP);
              }
            });
    assertThat(opened.await(20, TimeUnit.SECONDS)).isTrue();
    observer.awaitRunning(SLEEP, 1);
    Set<Integer> before = observer.backends();
    connection[0].close();
    assertThat(observer.inTransaction()).as("lent again in a transaction").isZero();
    assertThat(sleeper.failure()).isInstanceOf(SQLException.class);
    assertThat(observer.running(SLEEP)).isZero();
    assertThat(observer.backends()).isEqualTo(before);
  }
}
