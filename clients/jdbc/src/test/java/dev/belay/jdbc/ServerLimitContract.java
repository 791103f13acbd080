package dev.belay.jdbc;

import static dev.belay.jdbc.DatabaseFixture.number;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Context;
import dev.belay.DeadlineExceededException;
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

/** What a server has to stand besides that can end statements by a limit of its own. */
abstract class ServerLimitContract extends ServerStormContract {
  @ParameterizedTest
  @EnumSource(On.class)
  void aStatementThatNoCancelReachesEndsByTheServersLimit(On on, VirtualClock clock, Context root)
      throws Exception {
    var limit = Duration.ofSeconds(4); // the server's is a second more, and runs in real time
    try (var proxy = new CancelProxy(database(), Duration.ZERO, 0);
        var pool = pool(new CountingSource(proxy.jdbcUrl()));
        var ctx = root.withTimeout(limit)) {
      // More patient than the server, which would else not come to its limit.
      var limited = ContextDataSource.wrap(pool, Duration.ofSeconds(20)).withServerLimit();
      var attempt = on.start(() -> execute(limited, ctx, database().longQuery()));
      awaitWork(attempt);
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
}
