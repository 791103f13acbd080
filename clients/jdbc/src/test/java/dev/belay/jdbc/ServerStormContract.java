package dev.belay.jdbc;

import static dev.belay.jdbc.DatabaseFixture.number;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.CancellableContext;
import dev.belay.Context;
import dev.belay.DeadlineExceededException;
import dev.belay.jdbc.Attempt.On;
import dev.belay.testkit.VirtualClock;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a database in another process has to stand besides: bad ways for its cancels, with a half to
 * a tenth of the operations, because they take longer.
 */
abstract class ServerStormContract extends StormContract<TestDatabase.Server> {
  @Override
  int reasons(CountingSource counts) {
    return counts.doubtful();
  }

  @ParameterizedTest
  @EnumSource(On.class)
  void aStatementThatNoCancelReachesEndsByTheServersLimit(On on, VirtualClock clock, Context root)
      throws Exception {
    var limit = Duration.ofMillis(10);
    try (var proxy = new CancelProxy(database(), Duration.ZERO, 0);
        var pool = pool(new CountingSource(proxy.jdbcUrl()));
        var ctx = root.withTimeout(limit)) {
      // More patient than the server, which would else not come to its limit.
      var limited = ContextDataSource.wrap(pool, Duration.ofSeconds(20)).withServerLimit();
      var attempt = on.start(() -> execute(limited, ctx, database().longQuery()));
      awaitWork();
      clock.advance(limit);
      assertThat(attempt.failure())
          .isExactlyInstanceOf(SQLTimeoutException.class)
          .hasCauseInstanceOf(DeadlineExceededException.class);
      assertThat(attempt.failure().getCause()).hasCauseInstanceOf(SQLException.class);
      assertThat(proxy.cancels()).isPositive();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void theServersLimitIsTheBorrowersAlone(boolean autoCommit, Context root) throws Exception {
    var limited = source().withServerLimit();
    try (var ctx = root.withTimeout(Duration.ofMinutes(1))) {
      for (int i = 0; i < 2 * POOL_SIZE; i++) {
        try (Connection connection = limited.connection(ctx)) {
          connection.setAutoCommit(autoCommit);
          execute(connection, "insert into item values (" + i + ")");
          if (!autoCommit) {
            connection.commit();
          }
        }
      }
    }
    assertThat(database().number("select count(*) from item")).isEqualTo(2 * POOL_SIZE);
    List<Connection> all = new ArrayList<>();
    try {
      for (int i = 0; i < POOL_SIZE; i++) {
        all.add(source().connection(root));
        assertThat(number(all.get(i), database().limitQuery())).isZero();
      }
    } finally {
      for (Connection connection : all) {
        connection.close();
      }
    }
  }

  @LongTest
  void aCancelThatIsLateIsWaitedFor(CancellableContext root) throws Exception {
    behind(
        Duration.ofMillis(20),
        1,
        PATIENCE,
        (storm, counts) -> storm.run(OPERATIONS / 4, random -> storm.cancelAtRandom(root, random)));
  }

  @LongTest
  void aConnectionWhoseCancelIsTooLateIsDiscarded(CancellableContext root) throws Exception {
    behind(
        Duration.ofMillis(100),
        1,
        Duration.ofMillis(20),
        (storm, counts) -> {
          storm.run(OPERATIONS / 10, random -> storm.cancelAtRandom(root, random));
          assertThat(counts.opened()).as("connections").isGreaterThan(POOL_SIZE);
        });
  }

  @LongTest
  void cancelsThatAreDroppedHitNobody(CancellableContext root) throws Exception {
    behind(
        Duration.ZERO,
        3,
        PATIENCE,
        (storm, counts) -> storm.run(OPERATIONS / 2, random -> storm.cancelAtRandom(root, random)));
  }

  /** Behind a proxy of which one cancel in {@code dropped} arrives, and that late. */
  private void behind(Duration delay, int dropped, Duration patience, Weather weather)
      throws Exception {
    try (var proxy = new CancelProxy(database(), delay, dropped)) {
      stormed(
          "cancels %d ms late, one of %d arrives".formatted(delay.toMillis(), dropped),
          proxy.jdbcUrl(),
          patience,
          (storm, counts) -> {
            weather.pass(storm, counts);
            DatabaseFixture.await(
                () -> proxy.settled() == proxy.cancels(), "every cancel has arrived");
            assertThat(proxy.cancels()).as("cancels").isPositive();
          });
    }
  }
}
