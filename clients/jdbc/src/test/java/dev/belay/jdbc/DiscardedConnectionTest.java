package dev.belay.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import dev.belay.CancellableContext;
import dev.belay.ContextCancelledException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A statement that ends well although its context has ended, while its cancel is under way: the
 * connection is discarded all the same, and what is called on it next says why.
 */
class DiscardedConnectionTest extends DatabaseFixture {
  private static final String LOCKED = "select pg_advisory_lock(7)";

  @ParameterizedTest
  @EnumSource(On.class)
  void whatFollowsSaysThatTheContextHasEnded(On on, CancellableContext root) throws Exception {
    try (var proxy = new CancelProxy(TestDatabases.of(server), Duration.ofSeconds(1), 1);
        HikariDataSource behind = pool(proxy.jdbcUrl());
        var ctx = root.withCancel()) {
      var ours = ContextDataSource.wrap(behind, Duration.ofMillis(300));
      observer.execute(LOCKED);
      var attempt =
          on.start(
              () -> {
                try (Connection connection = ours.connection(ctx);
                    Statement statement = connection.createStatement()) {
                  assertThat(statement.execute(LOCKED)).isTrue();
                  assertEnded(() -> connection.setAutoCommit(false));
                  assertEnded(() -> statement.execute("select 1"));
                  return null;
                }
              });
      observer.awaitLockWait();
      ctx.cancel();
      await(() -> proxy.cancels() > 0, "a cancel");
      observer.execute("select pg_advisory_unlock_all()");
      attempt.result();
    }
  }

  private static void assertEnded(SqlRunnable call) {
    assertThatThrownBy(call::run)
        .isExactlyInstanceOf(SQLException.class)
        .hasCauseInstanceOf(ContextCancelledException.class);
  }
}
