package dev.belay.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.belay.CancellableContext;
import dev.belay.Context;
import dev.belay.ContextEndedException;
import dev.belay.jdbc.Ledger.Transfer;
import dev.belay.testkit.Attempt;
import dev.belay.testkit.SharedThreads;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * Money goes between accounts while deadlines pass, owners cancel and the server is killed: the sum
 * never changes, what was acknowledged is there once, what was refused is not. {@code
 * -Dbelay.money.seconds} makes it longer.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SharedThreads({"HikariPool", "PostgreSQL-JDBC"})
abstract class MoneyContract {
  private static final int SECONDS = Integer.getInteger("belay.money.seconds", 10);
  private static final int WORKERS = 6;
  private static final int POOL_SIZE = 4;
  private static final int MANY = 200;

  private Bank bank;
  private HikariDataSource pool;
  private ContextDataSource source;
  private Ledger ledger;
  private final Queue<Throwable> unexplained = new ConcurrentLinkedQueue<>();
  private volatile boolean stopped;

  /** A server, of its own for this class. */
  abstract Bank start() throws Exception;

  @BeforeAll
  void open() throws Exception {
    bank = start();
  }

  @AfterAll
  void close() throws Exception {
    if (bank != null) {
      bank.close();
    }
  }

  @BeforeEach
  void begin() throws Exception {
    try (Connection connection = DriverManager.getConnection(bank.jdbcUrl())) {
      ledger = Ledger.open(connection);
    }
    var config = new HikariConfig();
    config.setJdbcUrl(bank.jdbcUrl());
    config.setMaximumPoolSize(POOL_SIZE);
    pool = new HikariDataSource(config);
    source = ContextDataSource.wrap(pool);
    unexplained.clear();
    stopped = false;
  }

  @AfterEach
  void end() {
    stopped = true;
    pool.close();
  }

  @LongTest
  void deadlinesAndCancelsLoseNothing(Context root) throws Exception {
    List<Attempt<Void>> workers = work(root, MoneyContract::gaveUpForAnother);
    long until = System.nanoTime() + Duration.ofSeconds(SECONDS).toNanos();
    while (System.nanoTime() < until && unexplained.isEmpty()) {
      LockSupport.parkNanos(10_000_000);
    }
    finish(workers);
    assertThat(ledger.unknown).isEmpty();
    assertThat(ledger.acknowledged).isNotEmpty();
    assertThat(ledger.refused).isNotEmpty();
  }

  @Test
  void aKilledServerLosesNothingAndThePoolRecovers(Context root) throws Exception {
    List<Attempt<Void>> workers =
        work(root, failure -> gaveUpForAnother(failure) || saysThatTheServerIsGone(failure));
    awaitAcknowledged(MANY);
    bank.kill();
    bank.restart();
    int before = ledger.acknowledged.size();
    awaitAcknowledged(before + MANY);
    finish(workers);
  }

  private void awaitAcknowledged(int wanted) {
    await(() -> ledger.acknowledged.size() >= wanted || !unexplained.isEmpty(), wanted + " done");
  }

  private static void await(BooleanSupplier condition, String what) {
    long until = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as(what).isLessThan(until);
      LockSupport.parkNanos(1_000_000);
    }
  }

  private List<Attempt<Void>> work(Context root, Predicate<SQLException> expected) {
    List<Attempt<Void>> workers = new ArrayList<>();
    for (int i = 0; i < WORKERS; i++) {
      var random = new Random(i);
      On on = i % 2 == 0 ? On.PLATFORM : On.VIRTUAL;
      workers.add(
          on.start(
              () -> {
                while (!stopped && unexplained.isEmpty()) {
                  disturbed(root, random, expected);
                }
                return null;
              }));
    }
    return workers;
  }

  private void finish(List<Attempt<Void>> workers) throws Exception {
    stopped = true;
    for (Attempt<Void> worker : workers) {
      worker.result();
    }
    System.out.println("MONEY " + getClass().getSimpleName() + ": " + ledger);
    if (!unexplained.isEmpty()) {
      throw new AssertionError("unexplained", unexplained.peek());
    }
    await(() -> pool.getHikariPoolMXBean().getActiveConnections() == 0, "all connections are back");
    try (Connection connection = pool.getConnection()) {
      ledger.assertSound(connection);
    }
  }

  /** One transfer, which nothing, a deadline or a cancel meets somewhere. */
  private void disturbed(Context root, Random random, Predicate<SQLException> expected)
      throws InterruptedException {
    int kind = random.nextInt(3);
    var delay = Duration.ofNanos(random.nextInt(8_000_000));
    try (var ctx = kind == 0 ? root.withTimeout(delay) : root.withCancel()) {
      Thread canceller = kind == 1 ? cancelAfter(delay, ctx) : null;
      transfer(ctx, Transfer.random(random), expected);
      if (canceller != null) {
        canceller.join();
      }
    }
  }

  private static Thread cancelAfter(Duration delay, CancellableContext ctx) {
    return Thread.ofVirtual()
        .start(
            () -> {
              LockSupport.parkNanos(delay.toNanos());
              ctx.cancel();
            });
  }

  private void transfer(Context ctx, Transfer transfer, Predicate<SQLException> expected) {
    try {
      Transactions.runRetrying(
          ctx,
          source,
          tx -> {
            Ledger.assertSumIsConstant(tx);
            transfer.in(tx);
          });
      ledger.acknowledged.add(transfer.id());
    } catch (CommitOutcomeUnknownException e) {
      ledger.unknown.add(transfer.id());
    } catch (SQLException e) {
      ledger.refused.add(transfer.id());
      boolean ended = e.getCause() instanceof ContextEndedException && ctx.isDone();
      if (!ended && !expected.test(e)) {
        unexplained.add(e);
      }
    } catch (RuntimeException | AssertionError e) {
      unexplained.add(e);
    }
  }

  /** A deadlock that there was no time to repeat. */
  private static boolean gaveUpForAnother(SQLException failure) {
    return List.of("40001", "40P01").contains(String.valueOf(failure.getSQLState()));
  }

  private static boolean saysThatTheServerIsGone(SQLException failure) {
    String state = String.valueOf(failure.getSQLState());
    return state.startsWith("08")
        || state.startsWith("57P")
        || failure instanceof SQLTransientConnectionException;
  }
}
