package dev.belay.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.belay.CancellableContext;
import dev.belay.Context;
import dev.belay.ContextEndedException;
import dev.belay.testkit.Attempt;
import dev.belay.testkit.faults.FaultProxy;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * A server that stops answering at random moments: a backend is stopped and goes on, or what lies
 * between goes silent and speaks again. Every call returns, none hits another, and each result is
 * the caller's own. {@code -Dbelay.stall.operations} makes it longer.
 */
class StallStormTest extends DatabaseFixture {
  private static final int OPERATIONS = Integer.getInteger("belay.stall.operations", 300);
  private static final int WORKERS = 4;
  private static final int LONGEST_STALL_MILLIS = 400;
  private static final int LONGEST_DEADLINE_MILLIS = 250;
  private static final Duration PATIENCE = Duration.ofMillis(200);

  /** What a call may take beyond its deadline and the patience, on a machine that is busy. */
  private static final Duration GRACE = Duration.ofSeconds(1);

  private final AtomicInteger left = new AtomicInteger(OPERATIONS);
  private final AtomicInteger finished = new AtomicInteger();
  private final AtomicInteger ended = new AtomicInteger();
  private final AtomicInteger stalls = new AtomicInteger();
  private final Queue<String> overruns = new ConcurrentLinkedQueue<>();
  private final Queue<Throwable> victims = new ConcurrentLinkedQueue<>();

  /** A call of the driver, which is not to outlast its context by much. */
  @FunctionalInterface
  private interface Call<T> {
    T make() throws SQLException;
  }

  private <T> T timed(String name, long deadline, Call<T> call) throws SQLException {
    long from = Math.max(System.nanoTime(), deadline);
    try {
      return call.make();
    } finally {
      long over = System.nanoTime() - from - PATIENCE.toNanos() - GRACE.toNanos();
      if (over > 0) {
        overruns.add(name + " by " + over / 1_000_000 + " ms");
      }
    }
  }

  private void operate(Context root, ContextDataSource source, Random random) throws SQLException {
    var timeout = Duration.ofMillis(1 + random.nextInt(LONGEST_DEADLINE_MILLIS));
    int number = random.nextInt();
    boolean transaction = random.nextBoolean();
    long deadline = System.nanoTime() + timeout.toNanos();
    try (var ctx = root.withTimeout(timeout)) {
      try {
        Connection connection = timed("connection", deadline, () -> source.connection(ctx));
        try {
          timed("query", deadline, () -> query(connection, number, transaction));
        } finally {
          timed(
              "close",
              deadline,
              () -> {
                connection.close();
                return null;
              });
        }
        finished.incrementAndGet();
      } catch (SQLException e) {
        if (isOwnEnd(e) && ctx.isDone()) {
          ended.incrementAndGet();
        } else {
          victims.add(e);
        }
      }
    }
  }

  /** Also where a commit was under way: its outcome is unknown then, which is what is thrown. */
  private static boolean isOwnEnd(SQLException failure) {
    Throwable end = failure instanceof CommitOutcomeUnknownException ? failure.getCause() : failure;
    return end != null && end.getCause() instanceof ContextEndedException;
  }

  private static Void query(Connection connection, int number, boolean transaction)
      throws SQLException {
    connection.setAutoCommit(!transaction);
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("select " + number + ", pg_sleep(0.002)")) {
      assertThat(row.next()).isTrue();
      assertThat(row.getInt(1)).isEqualTo(number);
    }
    if (transaction) {
      connection.commit();
    }
    return null;
  }

  // ---- the stalls

  private void stallAtRandom(FaultProxy proxy, Random random) throws Exception {
    while (left.get() > 0) {
      LockSupport.parkNanos(random.nextInt(60) * 1_000_000L);
      long stall = random.nextInt(LONGEST_STALL_MILLIS) * 1_000_000L;
      if (random.nextBoolean()) {
        proxy.goSilent();
        LockSupport.parkNanos(stall);
        proxy.pass();
      } else {
        int backend =
            observer.number(
                "select coalesce((select pid from pg_stat_activity where backend_type ="
                    + " 'client backend' and query like '%pg_sleep(0.002)%' and pid <>"
                    + " pg_backend_pid() order by random() limit 1), 0)");
        if (signal("STOP", backend)) {
          LockSupport.parkNanos(stall);
          signal("CONT", backend);
        }
      }
      stalls.incrementAndGet();
    }
  }

  /** Whether there was such a process. */
  private static boolean signal(String name, int process) throws Exception {
    return process != 0
        && new ProcessBuilder("kill", "-" + name, Integer.toString(process))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor()
            == 0;
  }

  @LongTest
  void everyCallReturnsAndNoneHitsAnother(CancellableContext root) throws Exception {
    TestDatabase.Server database = TestDatabases.of(server);
    try (var proxy = FaultProxy.to(database.port());
        HikariDataSource behind = pool(database.jdbcUrl(proxy.port()))) {
      var source = ContextDataSource.wrap(behind, PATIENCE);
      var stalling =
          On.PLATFORM.start(
              () -> {
                stallAtRandom(proxy, new Random(7));
                return null;
              });
      List<Attempt<Void>> workers = new ArrayList<>();
      for (int i = 0; i < WORKERS; i++) {
        var random = new Random(i);
        On on = i % 2 == 0 ? On.PLATFORM : On.VIRTUAL;
        workers.add(
            on.start(
                () -> {
                  while (left.getAndDecrement() > 0) {
                    operate(root, source, random);
                  }
                  return null;
                }));
      }
      for (int now = left.get(); now > 0; now = left.get()) {
        int before = now;
        await(() -> left.get() != before, "progress");
      }
      for (Attempt<Void> worker : workers) {
        worker.result();
      }
      stalling.result();
    }
    System.out.printf(
        "STORM of stalls: %d finished, %d ended, %d stalls, %d overruns, %d victims%n",
        finished.get(), ended.get(), stalls.get(), overruns.size(), victims.size());
    assertThat(overruns).isEmpty();
    assertThat(victims).isEmpty();
    assertThat(ended.get()).isPositive();
  }
}
