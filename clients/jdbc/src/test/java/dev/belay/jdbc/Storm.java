package dev.belay.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Context;
import dev.belay.ContextEndedException;
import dev.belay.testkit.Attempt;
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
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** Many short operations on a database, disturbed at random, and what came of them. */
final class Storm {
  private static final int WORKERS = 4;

  /** Up to when an operation is disturbed; most take less. */
  private static final int LONGEST_NANOS = 3_500_000;

  private final TestDatabase database;
  private final ContextDataSource source;
  private final AtomicInteger finished = new AtomicInteger();
  private final AtomicInteger ended = new AtomicInteger();
  private final Queue<Throwable> victims = new ConcurrentLinkedQueue<>();

  Storm(TestDatabase database, ContextDataSource source) {
    this.database = database;
    this.source = source;
  }

  void print(String name, int cancels, int lost, int reasons) {
    System.out.printf(
        "STORM %s: %d finished, %d ended, %d cancels sent,"
            + " %d connections lost for %d reasons, %d victims%n",
        name, finished.get(), ended.get(), cancels, lost, reasons, victims.size());
  }

  void assertNoVictims() {
    if (!victims.isEmpty()) {
      throw new AssertionError(victims.size() + " victims, the first:", victims.peek());
    }
  }

  /** One operation, and how it was disturbed; on a thread that nothing else uses meanwhile. */
  @FunctionalInterface
  interface Operation {
    void run(Random random) throws Exception;
  }

  void run(int operations, Operation operation) throws Exception {
    var left = new AtomicInteger(operations);
    List<Attempt<Void>> workers = new ArrayList<>();
    for (int i = 0; i < WORKERS; i++) {
      var random = new Random(i);
      On on = i % 2 == 0 ? On.PLATFORM : On.VIRTUAL;
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
      DatabaseFixture.await(() -> left.get() != before, "progress");
    }
    for (Attempt<Void> worker : workers) {
      worker.result();
    }
  }

  /** Does some work of a millisecond in one of the ways there are. */
  private void work(Context ctx, int kind) throws SQLException {
    try (Connection connection = source.connection(ctx)) {
      switch (kind) {
        case 0 -> {
          try (Statement statement = connection.createStatement()) {
            statement.execute(database.shortQuery());
          }
        }
        case 1 -> {
          try (PreparedStatement statement = connection.prepareStatement(database.shortQuery())) {
            statement.executeQuery().close();
          }
        }
        default -> {
          connection.setAutoCommit(false);
          readAndCommit(connection);
        }
      }
    }
  }

  private void readAndCommit(Connection connection) throws SQLException {
    try {
      read(connection);
      connection.commit();
    } catch (SQLException e) {
      connection.rollback(); // as a framework does; that works after every end
      throw e;
    }
  }

  /** Reads some of many rows, a few at a time, and leaves. */
  private void read(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.setFetchSize(10);
      try (ResultSet rows = statement.executeQuery(database.numbers(1_000))) {
        for (int i = 1; i <= 25; i++) {
          assertThat(rows.next()).isTrue();
          assertThat(rows.getInt(1)).isEqualTo(i);
        }
      }
    }
  }

  void cancelAtRandom(Context root, Random random) throws Exception {
    int kind = random.nextInt(3);
    var delay = Duration.ofNanos(random.nextInt(LONGEST_NANOS));
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
        work(ctx, kind);
        finished.incrementAndGet();
      } catch (SQLException e) {
        count(e, e.getCause() instanceof ContextEndedException && ctx.isDone());
      }
      if (canceller != null) {
        canceller.join();
      }
    }
  }

  void interruptAtRandom(Context root, Random random) throws Exception {
    int kind = random.nextInt(3);
    boolean spared = random.nextInt(4) == 0;
    On on = random.nextBoolean() ? On.VIRTUAL : On.PLATFORM;
    var attempt =
        on.start(
            () -> {
              work(root, kind);
              return null;
            });
    if (!spared) {
      LockSupport.parkNanos(random.nextInt(LONGEST_NANOS));
      attempt.interrupt();
    }
    switch (attempt.failure()) {
      case null -> finished.incrementAndGet();
      case SQLException e -> count(e, !spared && e.getCause() instanceof InterruptedException);
      case Throwable e -> throw new AssertionError(e);
    }
  }

  private void count(SQLException failure, boolean own) {
    if (own) {
      ended.incrementAndGet();
    } else {
      victims.add(failure);
    }
  }
}
