package dev.belay.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.CancellableContext;
import dev.belay.Context;
import dev.belay.ContextCancelledException;
import dev.belay.ContextKey;
import dev.belay.DeadlineExceededException;
import dev.belay.testkit.Attempt;
import dev.belay.testkit.faults.FaultProxy;
import dev.belay.testkit.faults.StalledDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** Waiting for a connection that does not come. */
class ConnectionWaitTest extends DatabaseFixture {

  /** All connections of the pool. */
  private final class Exhausted implements AutoCloseable {
    private final List<Connection> held = new ArrayList<>();

    Exhausted() throws SQLException {
      for (int i = 0; i < POOL_SIZE; i++) {
        held.add(pool.getConnection());
      }
    }

    @Override
    public void close() throws SQLException {
      for (Connection connection : held) {
        connection.close();
      }
    }
  }

  private Attempt<Connection> waiter(On on, Context ctx) {
    Attempt<Connection> waiter = on.start(() -> source.connection(ctx));
    await(() -> poolState().getThreadsAwaitingConnection() == 1, "a waiter");
    return waiter;
  }

  @ParameterizedTest
  @EnumSource(On.class)
  void endsWithCancel(On on, CancellableContext root) throws Exception {
    try (var ctx = root.withCancel();
        var all = new Exhausted()) {
      var waiter = waiter(on, ctx);
      ctx.cancel();
      assertThat(waiter.failure())
          .isExactlyInstanceOf(SQLException.class)
          .hasMessageEndingWith(", while waiting for a connection")
          .hasCauseInstanceOf(ContextCancelledException.class);
      assertThat(waiter.wasInterrupted()).isFalse();
    }
    await(() -> poolState().getThreadsAwaitingConnection() == 0, "nobody waits");
  }

  /** A1: also a source that is deaf to interrupts is left when the deadline passes. */
  @ParameterizedTest
  @EnumSource(On.class)
  void aSourceThatDoesNotAnswerIsLeft(On on, Context root) throws Exception {
    try (var stalled = StalledDataSource.atConnect();
        var ctx = root.withTimeout(Duration.ofMillis(50))) {
      var ours = ContextDataSource.wrap(stalled).withHelperThreads();
      var waiter = on.start(() -> ours.connection(ctx));
      stalled.awaitStalled(1);
      assertThat(waiter.failure())
          .isInstanceOf(SQLTimeoutException.class)
          .hasCauseInstanceOf(DeadlineExceededException.class);
    }
  }

  /** A1: the login's thread ends too, a patience later; the leak check would find it. */
  @ParameterizedTest
  @EnumSource(On.class)
  void aServerThatIsSilentAtTheLoginIsLeft(On on, Context root) throws Exception {
    try (var proxy = FaultProxy.to(server.port());
        var ctx = root.withTimeout(Duration.ofMillis(50))) {
      proxy.goSilent();
      var source =
          new DriverManagerDataSource("jdbc:postgresql://127.0.0.1:" + proxy.port() + "/x?user=u");
      var waiter = on.start(() -> ContextDataSource.wrap(source).connection(ctx));
      assertThat(waiter.failure())
          .isInstanceOf(SQLTimeoutException.class)
          .hasCauseInstanceOf(DeadlineExceededException.class);
    }
  }

  @ParameterizedTest
  @EnumSource(On.class)
  void endsWithTheDeadline(On on, Context root) throws Exception {
    try (var ctx = root.withTimeout(Duration.ofMillis(50));
        var all = new Exhausted()) {
      var waiter = on.start(() -> source.connection(ctx));
      assertThat(waiter.failure())
          .isInstanceOf(SQLTimeoutException.class)
          .hasMessageStartingWith("deadline of 50ms")
          .hasCauseInstanceOf(DeadlineExceededException.class);
      assertThat(waiter.wasInterrupted()).isFalse();
    }
  }

  @ParameterizedTest
  @EnumSource(On.class)
  void endsWithAnInterruptAndKeepsTheFlag(On on, Context root) throws Exception {
    try (var all = new Exhausted()) {
      var waiter = waiter(on, root);
      waiter.interrupt();
      assertThat(waiter.failure())
          .isInstanceOf(SQLException.class)
          .hasCauseInstanceOf(InterruptedException.class);
      assertThat(waiter.wasInterrupted()).isTrue();
    }
  }

  @Test
  void doesNotBeginUnderAnEndedContext(CancellableContext root) throws Exception {
    try (var ctx = root.withCancel()) {
      ctx.cancel();
      assertThatThrownBy(() -> source.connection(ctx))
          .isInstanceOf(SQLException.class)
          .hasCauseInstanceOf(ContextCancelledException.class);
    }
  }

  @Test
  void thePoolsOwnFailureIsThrownAsItIs(Context root) {
    var refused = new SQLException("refused");
    var broken =
        ContextDataSource.wrap(
            Stubs.source(
                () -> {
                  throw refused;
                }));
    assertThatThrownBy(() -> broken.connection(root)).isSameAs(refused);
  }

  @Test
  void getConnectionUsesTheCurrentContext(CancellableContext root) throws Exception {
    try (var ctx = root.withCancel()) {
      Connection connection = ctx.call(c -> source.getConnection());
      try (connection) {
        assertThat(number(connection, "select 1")).isEqualTo(1);
        ctx.cancel();
        assertThatThrownBy(() -> number(connection, "select 1"))
            .hasCauseInstanceOf(ContextCancelledException.class);
      }
      try (Connection free = source.getConnection()) {
        assertThat(number(free, "select 1")).isEqualTo(1);
      }
    }
  }

  @Test
  void theDataSourceIsAskedByTheCallerUnderTheContext(Context root) throws Exception {
    var key = ContextKey.named("tenant", String.class);
    var asked = new ArrayList<Object>();
    var routed =
        ContextDataSource.wrap(
            Stubs.source(
                () -> {
                  asked.add(Thread.currentThread());
                  asked.add(Context.current().get(key));
                  return pool.getConnection();
                }));
    try (Connection connection = routed.connection(root.withValue(key, "acme"))) {
      assertThat(asked).containsExactly(Thread.currentThread(), "acme");
    }
  }

  @Test
  void fiveHundredRandomCancelsLeaveNothing(CancellableContext root) throws Exception {
    var random = new Random(7);
    int late = 0;
    for (int i = 0; i < 500; i++) {
      On on = random.nextBoolean() ? On.PLATFORM : On.VIRTUAL;
      try (var ctx = root.withCancel()) {
        Attempt<Boolean> waiter;
        try (var all = new Exhausted()) {
          waiter =
              on.start(
                  () -> {
                    try (Connection connection = source.connection(ctx)) {
                      return true;
                    }
                  });
          LockSupport.parkNanos(random.nextInt(300_000));
          if (random.nextBoolean()) {
            ctx.cancel(); // before the connections come back; otherwise in the midst of that
          }
        }
        ctx.cancel();
        if (waiter.failure() == null) {
          late++;
        } else {
          assertThat(waiter.failure()).hasCauseInstanceOf(ContextCancelledException.class);
        }
        assertThat(waiter.wasInterrupted()).isFalse();
      }
    }
    assertThat(late).as("waiters that got one").isBetween(1, 499);
    await(() -> poolState().getActiveConnections() == 0, "every connection is back");
    await(() -> poolState().getThreadsAwaitingConnection() == 0, "nobody waits");
    assertThat(poolState().getTotalConnections()).isEqualTo(POOL_SIZE);
  }
}
