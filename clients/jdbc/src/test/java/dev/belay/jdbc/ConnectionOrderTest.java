package dev.belay.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.belay.CancellableContext;
import dev.belay.Context;
import dev.belay.ContextCancelledException;
import dev.belay.ContextEndedException;
import dev.belay.spi.Permits;
import dev.belay.testkit.Attempt;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** R41: which call gets the next connection, before the pool is asked. */
class ConnectionOrderTest extends DatabaseFixture {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  /** Connections that were borrowed through the source, the first at the front. */
  private final Deque<Connection> held = new ArrayDeque<>();

  private void exhaust(Context ctx) throws SQLException {
    for (int i = 0; i < POOL_SIZE; i++) {
      held.add(source.connection(ctx));
    }
  }

  private void giveBackOne() throws SQLException {
    held.remove().close();
  }

  private void awaitWaiting(ContextDataSource of, int waiting) {
    await(() -> of.toString().endsWith(", " + waiting + " waiting"), waiting + " that wait");
  }

  private Attempt<Connection> waiter(On on, Context ctx, int waiting) {
    Attempt<Connection> waiter = on.start(() -> source.connection(ctx));
    awaitWaiting(source, waiting);
    return waiter;
  }

  @AfterEach
  void everyPermitIsBack() throws SQLException {
    while (!held.isEmpty()) {
      giveBackOne();
    }
    await(() -> source.toString().endsWith(": 0 of 3 in use, 0 waiting"), "every permit is back");
  }

  @ParameterizedTest
  @EnumSource(On.class)
  void thePoolsOwnQueueStaysEmpty(On on, Context root) throws Exception {
    exhaust(root);
    List<Attempt<Boolean>> waiters = new ArrayList<>();
    for (int i = 1; i <= 5; i++) {
      waiters.add(
          on.start(
              () -> {
                try (Connection connection = source.connection(root)) {
                  return connection.isClosed();
                }
              }));
      awaitWaiting(source, i);
      assertThat(poolState().getThreadsAwaitingConnection()).isZero();
    }
    while (!held.isEmpty()) {
      giveBackOne();
    }
    for (Attempt<Boolean> waiter : waiters) {
      assertThat(waiter.result()).isFalse();
    }
    assertThat(poolState().getThreadsAwaitingConnection()).isZero();
  }

  @ParameterizedTest
  @EnumSource(On.class)
  void aRequestThatHasHadAConnectionGoesFirst(On on, Context root) throws Exception {
    try (var begun = root.withTimeout(MINUTE);
        var fresh = root.withTimeout(MINUTE)) {
      source.connection(begun).close();
      exhaust(root);
      var newcomer = waiter(on, fresh, 1);
      var again = waiter(on, begun.withName("second query"), 2);
      giveBackOne();
      held.add(again.result());
      awaitWaiting(source, 1);
      giveBackOne();
      newcomer.result().close();
    }
  }

  @ParameterizedTest
  @EnumSource(On.class)
  void aCallThatLeavesNeverAsksThePool(On on, CancellableContext root) throws Exception {
    try (var ctx = root.withCancel()) {
      exhaust(root);
      var waiter = waiter(on, ctx, 1);
      ctx.cancel();
      assertThat(waiter.failure())
          .isExactlyInstanceOf(SQLException.class)
          .hasMessageEndingWith(", while waiting for a connection")
          .hasCauseInstanceOf(ContextCancelledException.class);
      assertThat(waiter.wasInterrupted()).isFalse();
      awaitWaiting(source, 0);
      assertThat(poolState().getThreadsAwaitingConnection()).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource(On.class)
  void anInterruptEndsTheWaitAndIsKept(On on, Context root) throws Exception {
    exhaust(root);
    var waiter = waiter(on, root, 1);
    waiter.interrupt();
    assertThat(waiter.failure()).hasCauseInstanceOf(InterruptedException.class);
    assertThat(waiter.wasInterrupted()).isTrue();
    while (!held.isEmpty()) {
      giveBackOne();
    }
  }

  @Test
  void noCallWaitsLongerThanThePoolWouldLetIt() throws Exception {
    var config = new HikariConfig();
    config.setJdbcUrl(server.jdbcUrl());
    config.setMaximumPoolSize(1);
    config.setConnectionTimeout(250);
    try (var one = new HikariDataSource(config)) {
      var ours = ContextDataSource.wrap(one);
      try (Connection only = ours.connection(Context.background())) {
        assertThat(only.isClosed()).isFalse();
        assertThatThrownBy(() -> ours.connection(Context.background()))
            .isInstanceOf(SQLTransientConnectionException.class)
            .hasMessage("no connection within 250 ms: 1 of 1 in use, 0 waiting");
      }
      ours.connection(Context.background()).close();
    }
  }

  @Test
  void aConnectionReturnsItsPermitOnceWhenItIsClosedAlsoIfItWasAborted(Context root)
      throws Exception {
    exhaust(root);
    Connection aborted = held.remove();
    aborted.abort(Runnable::run);
    assertThat(source.toString())
        .as("it has its place in the pool")
        .endsWith(": 3 of 3 in use, 0 waiting");
    assertThatThrownBy(aborted::close).isInstanceOf(SQLException.class);
    aborted.close();
    assertThat(source.toString()).endsWith(": 2 of 3 in use, 0 waiting");
    source.connection(root).close();
  }

  @Test
  void aSourceThatFailsReturnsThePermit(Context root) {
    var failing =
        ContextDataSource.wrap(
                Stubs.source(
                    () -> {
                      throw new SQLException("refused");
                    }))
            .withPermits(1);
    for (int i = 0; i < 3; i++) {
      assertThatThrownBy(() -> failing.connection(root)).hasMessage("refused");
    }
    assertThat(failing.toString()).endsWith(": 0 of 1 in use, 0 waiting");
  }

  @Test
  void aConnectionThatArrivesLateReturnsItsPermitAfterwards(CancellableContext root)
      throws Exception {
    var calls = new CountDownLatch(1);
    var arrive = new CountDownLatch(1);
    var slow = new PlainPool(Stubs.source(() -> null), true);
    var permits = new Permits(() -> 1);
    try (var ctx = root.withCancel()) {
      var waiter =
          On.VIRTUAL.start(
              () ->
                  ConnectionWait.await(
                      ctx,
                      slow,
                      permits,
                      Duration.ofMinutes(1),
                      () -> {
                        calls.countDown();
                        awaitArrival(arrive);
                        return pool.getConnection();
                      }));
      calls.await();
      ctx.cancel();
      assertThat(waiter.failure()).hasCauseInstanceOf(ContextEndedException.class);
      assertThat(permits).as("the source is still asked").hasToString("1 of 1 in use, 0 waiting");
    } finally {
      arrive.countDown();
    }
    await(() -> permits.toString().equals("0 of 1 in use, 0 waiting"), "the permit is back");
    assertThat(poolState().getActiveConnections()).isZero();
  }

  private static void awaitArrival(CountDownLatch arrive) throws SQLException {
    try {
      arrive.await();
    } catch (InterruptedException e) {
      throw new SQLException(e);
    }
  }

  @Test
  void aPoolOfUnknownSizeIsGivenPermits(Context root) throws Exception {
    var unknown = ContextDataSource.wrap(Stubs.source(pool::getConnection));
    assertThat(unknown.toString()).endsWith(": 0 of 2147483647 in use, 0 waiting");
    var two = unknown.withPermits(2);
    Connection one = two.connection(root);
    Connection other = two.withServerLimit().connection(root);
    var waiter = On.VIRTUAL.start(() -> two.connection(root));
    awaitWaiting(two, 1);
    one.close();
    waiter.result().close();
    other.close();
  }

  @Test
  void withoutALimitThePoolsOwnQueueServes(Context root) throws Exception {
    var off = source.withPermits(Integer.MAX_VALUE);
    List<Connection> all = new ArrayList<>();
    for (int i = 0; i < POOL_SIZE; i++) {
      all.add(off.connection(root));
    }
    var waiter = On.VIRTUAL.start(() -> off.connection(root));
    await(() -> poolState().getThreadsAwaitingConnection() == 1, "one in the pool's queue");
    for (Connection each : all) {
      each.close();
    }
    waiter.result().close();
    assertThatThrownBy(() -> source.withPermits(0)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void permitsAndConnectionsSurviveRandomCancels(CancellableContext root) throws Exception {
    List<Attempt<Integer>> borrowers = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      int seed = i;
      borrowers.add((i % 2 == 0 ? On.VIRTUAL : On.PLATFORM).start(() -> borrow(root, seed)));
    }
    int served = 0;
    for (Attempt<Integer> borrower : borrowers) {
      served += borrower.result();
    }
    assertThat(served).isPositive();
  }

  private int borrow(Context root, int seed) throws Exception {
    var random = new SplittableRandom(seed);
    int served = 0;
    for (int i = 0; i < 60; i++) {
      try (var ctx = root.withCancel()) {
        long pause = random.nextInt(2_000_000);
        Thread canceller =
            random.nextBoolean()
                ? Thread.startVirtualThread(
                    () -> {
                      LockSupport.parkNanos(pause);
                      ctx.cancel();
                    })
                : null;
        try (Connection connection = source.connection(ctx)) {
          served += number(connection, "select 1");
        } catch (SQLException e) {
          assertThat((Throwable) e).hasCauseInstanceOf(ContextCancelledException.class);
        }
        if (canceller != null) {
          canceller.join();
        }
      }
    }
    return served;
  }
}
