package dev.belay.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.belay.Context;
import dev.belay.testkit.VirtualClock;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The limit inside PostgreSQL; {@link ServerStormContract} has what is true of MariaDB too. */
class ServerLimitTest extends DatabaseFixture {
  private static final String LIMIT =
      "select setting from pg_settings where name = 'statement_timeout'";

  /** A commit that takes longer than the limit of the statements before it. */
  @BeforeAll
  void commitsThatTakeLong() throws SQLException {
    observer.execute(
        """
        create function finish() returns trigger language plpgsql as $$
          begin
            perform pg_sleep(1.2);
            return null;
          end $$;
        create constraint trigger finish after insert on item deferrable initially deferred
          for each row execute function finish()
        """);
  }

  @Test
  void isASecondLaterThanTheDeadlineAndNeverHoldsForACommit(VirtualClock clock, Context root)
      throws Exception {
    try (var ctx = root.withTimeout(Duration.ofMillis(10));
        Connection connection = source.withServerLimit().connection(ctx);
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.executeUpdate("insert into item values (1, 'a')");
      assertThat(number(connection, LIMIT)).isEqualTo(1_010);
      connection.commit();
    }
    assertThat(observer.number("select count(*) from item")).isEqualTo(1);
  }

  @Test
  void holdsNobodyToADeadlineThatIsNotThere(Context root) throws Exception {
    try (Connection connection = source.withServerLimit().connection(root)) {
      assertThat(number(connection, LIMIT)).isZero();
    }
  }

  @Test
  void leavesASessionTheLimitThatItHas(Context root) throws Exception {
    try (HikariDataSource own = pool(server.jdbcUrl() + "&options=-c%20statement_timeout=30s");
        var ctx = root.withTimeout(Duration.ofMinutes(1))) {
      var limited = ContextDataSource.wrap(own).withServerLimit();
      for (int i = 0; i < 2; i++) {
        try (Connection connection = limited.connection(ctx)) {
          assertThat(number(connection, LIMIT)).isEqualTo(30_000);
        }
      }
    }
  }
}
