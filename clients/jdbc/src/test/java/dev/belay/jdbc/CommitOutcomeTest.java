package dev.belay.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.CancellableContext;
import dev.belay.Context;
import dev.belay.testkit.Attempt;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A commit that was sent and does not come to a good end. */
class CommitOutcomeTest extends DatabaseFixture {

  /** Makes a commit slow, or fail, whose transaction has inserted a row named so. */
  @BeforeAll
  void commitsThatDoMore() throws SQLException {
    observer.execute(
        """
        create function finish() returns trigger language plpgsql as $$
          begin
            if new.name = 'refused' then raise exception 'refused'; end if;
            perform pg_sleep(60);
            return null;
          end $$;
        create constraint trigger finish after insert on item deferrable initially deferred
          for each row when (new.name <> 'a') execute function finish()
        """);
  }

  private Attempt<Void> inserting(On on, Context ctx, String name) {
    return on.start(
        () -> {
          try (Connection connection = source.connection(ctx);
              Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("insert into item values (1, '" + name + "')");
            connection.commit();
            return null;
          }
        });
  }

  @ParameterizedTest
  @EnumSource(On.class)
  void isUnknownWhenTheConnectionBreaksBeforeTheAnswer(On on, CancellableContext root)
      throws Exception {
    Set<Integer> before = observer.backends();
    try (var ctx = root.withCancel()) {
      var attempt = inserting(on, ctx, "slow");
      observer.awaitRunning("COMMIT", 1);
      ctx.cancel(); // changes nothing: what was sent is not cancelled
      observer.execute(
          "select pg_terminate_backend(pid) from pg_stat_activity where query = 'COMMIT'");
      assertThat(attempt.failure())
          .isInstanceOf(CommitOutcomeUnknownException.class)
          .hasMessageContaining("whether the transaction is committed is unknown")
          .hasCauseInstanceOf(SQLException.class)
          .hasNoSuppressedExceptions();
      assertThat(((SQLException) attempt.failure()).getSQLState()).isEqualTo("08007");
    }
    observer.awaitBackends(POOL_SIZE);
    assertThat(observer.backends()).isNotEqualTo(before);
  }

  @ParameterizedTest
  @EnumSource(On.class)
  void isKnownWhenTheServerRefuses(On on, Context root) throws Exception {
    Set<Integer> before = observer.backends();
    var attempt = inserting(on, root, "refused");
    assertThat(attempt.failure())
        .isNotInstanceOf(CommitOutcomeUnknownException.class)
        .hasMessageContaining("refused");
    assertThat(observer.number("select count(*) from item")).isZero();
    assertThat(observer.backends()).isEqualTo(before);
  }
}
