package dev.belay.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.CancellableContext;
import dev.belay.Context;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Connections that are not closed, or used once more, after the end of their context. */
class OverdueTest extends DatabaseFixture {
  private static final Duration PATIENCE = Duration.ofMillis(50);
  private static final Duration LIMIT = Duration.ofSeconds(20);

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @Test
  void whatIsNotReturnedIsTakenBackAndNeverLentAgain(CancellableContext root) throws Exception {
    var ours = ContextDataSource.wrap(pool, PATIENCE);
    List<Connection> kept = new ArrayList<>();
    try (var ctx = root.withCancel()) {
      for (int i = 0; i < POOL_SIZE; i++) {
        kept.add(ours.connection(ctx));
      }
      kept.getFirst().setAutoCommit(false);
      execute(kept.getFirst(), "insert into item values (1, 'not committed')");
    }
    for (int i = 0; i < POOL_SIZE; i++) { // the permits are back as well
      try (Connection next = ours.connection(root)) {
        assertThat(number(next, "select count(*) from item")).isZero();
      }
    }
    for (Connection connection : kept) {
      assertThat(connection.isClosed()).isTrue();
      assertThatThrownBy(() -> number(connection, "select 1")).isInstanceOf(SQLException.class);
      assertThatThrownBy(connection::commit).isInstanceOf(SQLException.class);
      connection.rollback();
      connection.close();
    }
    await(() -> poolState().getTotalConnections() == POOL_SIZE, "a full pool");
  }

  @Test
  void aShieldUsesTheConnectionForAsLongAsItHas(CancellableContext root) throws Exception {
    var ours = ContextDataSource.wrap(pool, PATIENCE);
    try (var ctx = root.withCancel();
        Connection connection = ours.connection(ctx)) {
      int backend = backendOf(connection);
      execute(connection, "select pg_advisory_lock(7)");
      ctx.runShielded(
          LIMIT,
          shielded -> {
            execute(connection, "select 'begun'");
            ctx.cancel();
            execute(connection, "select pg_sleep(0.2)"); // longer than the patience
            assertThat(backendOf(connection)).isEqualTo(backend);
            execute(connection, "select pg_advisory_unlock(7)");
          });
      assertThatThrownBy(() -> execute(connection, "select 'too late'"))
          .isInstanceOf(SQLException.class);
      assertThat(observer.number("select count(*) from pg_locks where locktype = 'advisory'"))
          .isZero();
    }
  }

  @Test
  void aShieldCommitsWhatWasBegunBefore(CancellableContext root) throws Exception {
    try (var ctx = root.withCancel();
        Connection connection = source.connection(ctx)) {
      connection.setAutoCommit(false);
      execute(connection, "insert into item values (1, 'ours')");
      ctx.cancel();
      ctx.runShielded(
          LIMIT,
          shielded -> {
            execute(connection, "insert into item values (2, 'ours')");
            connection.commit();
          });
    }
    assertThat(observer.number("select count(*) from item")).isEqualTo(2);
  }

  @Test
  void theLimitOfTheShieldEndsItsStatements(CancellableContext root) throws Exception {
    try (Connection connection = source.connection(root)) {
      assertThatThrownBy(
              () ->
                  root.callShielded(
                      PATIENCE,
                      (Context shielded) -> {
                        execute(connection, SLEEP);
                        return null;
                      }))
          .isInstanceOf(SQLException.class);
    }
  }
}
