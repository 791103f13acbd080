package dev.belay.jdbc.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.belay.CancellableContext;
import dev.belay.Context;
import dev.belay.ContextEndedException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Four workers share three connections, and statements are cancelled at random moments, mostly
 * about when they end by themselves. No cancel may hit the next user of a connection. {@code
 * -Dbelay.storm.operations} makes it longer.
 */
@Timeout(value = 30, unit = TimeUnit.MINUTES) // for long runs; what hangs fails by itself
class StatementStormTest extends DatabaseFixture {
  private static final int OPERATIONS = Integer.getInteger("belay.storm.operations", 5_000);
  private static final int WORKERS = 4;
  private static final String WORK = "select pg_sleep(0.001)";

  /** What came of it all. */
  private static final class Tally {
    final AtomicInteger finished = new AtomicInteger();
    final AtomicInteger ended = new AtomicInteger();
    final AtomicInteger stoppedInServer = new AtomicInteger();
    final Queue<Throwable> victims = new ConcurrentLinkedQueue<>();

    void print(String name, int cancels, int evictions) {
      System.out.printf(
          "STORM %s: %d finished, %d ended of which %d in the server, %d cancels sent,"
              + " %d evictions, %d victims%n",
          name,
          finished.get(),
          ended.get(),
          stoppedInServer.get(),
          cancels,
          evictions,
          victims.size());
    }

    void assertNoVictims() {
      if (!victims.isEmpty()) {
        throw new AssertionError(victims.size() + " victims, the first:", victims.peek());
      }
    }
  }

  /** One operation, and how it was disturbed; on a thread that nothing else uses meanwhile. */
  @FunctionalInterface
  private interface Operation {
    void run(Random random) throws Exception;
  }

  private static void storm(int operations, Operation operation) throws Exception {
    var left = new AtomicInteger(operations);
    List<Attempt<Void>> workers = new ArrayList<>();
    for (int i = 0; i < WORKERS; i++) {
      var random = new Random(i);
      Attempt.On on = i % 2 == 0 ? Attempt.On.PLATFORM : Attempt.On.VIRTUAL;
      workers.add(
          on.start(
              () -> {
                while (left.getAndDecrement() > 0) {
                  operation.run(random);
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
  }

  /** Does a millisecond's work in one of the ways there are. */
  private static void work(ContextDataSource source, Context ctx, int kind) throws SQLException {
    try (Connection connection = source.connection(ctx)) {
      switch (kind) {
        case 0 -> {
          try (Statement statement = connection.createStatement()) {
            statement.execute(WORK);
          }
        }
        case 1 -> {
          try (PreparedStatement statement = connection.prepareStatement("select pg_sleep(?)")) {
            statement.setDouble(1, 0.001);
            statement.executeQuery().close();
          }
        }
        default -> {
          connection.setAutoCommit(false);
          try (Statement statement = connection.createStatement()) {
            statement.setFetchSize(1);
            try (ResultSet rows =
                statement.executeQuery("select pg_sleep(0.0005) from generate_series(1, 2)")) {
              while (rows.next()) {
                assertThat(rows.getString(1)).isEmpty();
              }
            }
          }
          connection.commit();
        }
      }
    }
  }

  private static void cancelAtRandom(
      ContextDataSource source, Context root, Random random, int nanos, Tally tally)
      throws Exception {
    int kind = random.nextInt(3);
    var delay = Duration.ofNanos(random.nextInt(nanos));
    boolean spared = random.nextInt(4) == 0;
    boolean deadline = random.nextBoolean();
    try (var ctx = deadline && !spared ? root.withTimeout(delay) : root.withCancel()) {
      Thread canceller =
          spared || deadline
              ? null
              : Thread.ofVirtual()
                  .start(
                      () -> {
                        LockSupport.parkNanos(delay.toNanos());
                        ctx.cancel();
                      });
      try {
        work(source, ctx, kind);
        tally.finished.incrementAndGet();
      } catch (SQLException e) {
        count(e, e.getCause() instanceof ContextEndedException && ctx.isDone(), tally);
      }
      if (canceller != null) {
        canceller.join();
      }
    }
  }

  private static void count(SQLException failure, boolean own, Tally tally) {
    if (!own) {
      tally.victims.add(failure);
      return;
    }
    tally.ended.incrementAndGet();
    if (failure.getSQLState() != null) {
      tally.stoppedInServer.incrementAndGet();
    }
  }

  @Test
  void noCancelHitsTheNextStatement(CancellableContext root) throws Exception {
    counted(
        (source, tally) -> {
          int sockets = SocketCounter.OPENED.get();
          storm(OPERATIONS, random -> cancelAtRandom(source, root, random, 3_500_000, tally));
          int cancels = SocketCounter.OPENED.get() - sockets;
          assertThat(cancels).isGreaterThan(OPERATIONS / 10);
          return cancels;
        });
  }

  @Test
  void noInterruptBurnsAConnection(Context root) throws Exception {
    counted(
        (source, tally) -> {
          storm(OPERATIONS / 5, random -> interruptAtRandom(source, root, random, tally));
          assertThat(tally.stoppedInServer.get()).isPositive();
          return tally.stoppedInServer.get();
        });
  }

  /** Some operations on a pool; the answer is how many cancels were sent. */
  @FunctionalInterface
  private interface Storm {
    int run(ContextDataSource source, Tally tally) throws Exception;
  }

  /** Afterwards: no victim, no query left, and no connection given up without doubt. */
  private void counted(Storm storm) throws Exception {
    var tally = new Tally();
    String url = server.jdbcUrl() + "&socketFactory=" + SocketCounter.class.getName();
    try (HikariDataSource counted = pool(url)) {
      await(() -> counted.getHikariPoolMXBean().getTotalConnections() == POOL_SIZE, "a full pool");
      Set<Integer> before = observer.backends();
      int longLived = SocketCounter.LONG_LIVED.get();
      int cancels = storm.run(ContextDataSource.wrap(counted), tally);
      observer.awaitRunning("", 0);
      int replaced = newIn(before);
      tally.print("cancels", cancels, replaced);
      tally.assertNoVictims();
      // A machine that stalls makes a cancel take so long that its connection is given up: one long
      // life is the cancel's, one the connection's.
      assertThat(2 * replaced).isLessThanOrEqualTo(SocketCounter.LONG_LIVED.get() - longLived);
    }
  }

  private int newIn(Set<Integer> before) throws SQLException {
    Set<Integer> now = observer.backends();
    now.removeAll(before);
    return now.size();
  }

  private static void interruptAtRandom(
      ContextDataSource source, Context root, Random random, Tally tally) throws Exception {
    int kind = random.nextInt(3);
    boolean spared = random.nextInt(4) == 0;
    var attempt =
        Attempt.On.VIRTUAL.start(
            () -> {
              work(source, root, kind);
              return null;
            });
    if (!spared) {
      LockSupport.parkNanos(random.nextInt(3_500_000));
      attempt.interrupt();
    }
    switch (attempt.failure()) {
      case null -> tally.finished.incrementAndGet();
      case SQLException e ->
          count(e, !spared && e.getCause() instanceof InterruptedException, tally);
      case Throwable e -> throw new AssertionError(e);
    }
  }

  @Test
  void aConnectionWhoseCancelIsLateIsGivenUp(CancellableContext root) throws Exception {
    var tally = new Tally();
    int operations = OPERATIONS / 12;
    try (var proxy = new SlowCancels(server.port(), Duration.ofMillis(100))) {
      try (HikariDataSource behind = pool(proxy.jdbcUrl())) {
        var wrapped = ContextDataSource.wrap(behind, Duration.ofMillis(20));
        await(() -> behind.getHikariPoolMXBean().getTotalConnections() == POOL_SIZE, "a full pool");
        storm(operations, random -> cancelAtRandom(wrapped, root, random, 6_000_000, tally));
        await(() -> proxy.delivered() == proxy.cancels(), "every cancel has arrived");
        // Not one for each cancel: a statement that a slow machine keeps may be sent two.
        await(() -> proxy.sessions() > POOL_SIZE, "new connections for those given up");
        observer.awaitRunning("", 0);
        tally.print("late cancels", proxy.cancels(), proxy.sessions() - POOL_SIZE);
        assertThat(proxy.cancels()).isGreaterThan(operations / 40);
      }
    }
    tally.assertNoVictims();
  }
}
