package dev.belay.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import dev.belay.Context;
import dev.belay.ContextCancelledException;
import dev.belay.DeadlineExceededException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.sql.Savepoint;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;

/** The code of docs/guide/sql.md, and that it does what the page says. */
class SqlExamples extends DatabaseFixture {

  // @start region=wrap
  static ContextDataSource database(HikariDataSource pool) {
    return ContextDataSource.wrap(pool); // the pool is yours still: share it, close it
  }

  // @end region=wrap

  // @start region=query
  List<String> names(Context ctx) throws SQLException {
    try (var limited = ctx.withTimeout(Duration.ofSeconds(2));
        var connection = source.connection(limited);
        var statement = connection.prepareStatement("select name from item order by id");
        var rows = statement.executeQuery()) {
      List<String> names = new ArrayList<>();
      while (rows.next()) {
        names.add(rows.getString(1));
      }
      return names;
    }
  }

  // @end region=query

  @BeforeEach
  void twoItems() throws SQLException {
    observer.execute("insert into item values (1, 'a'), (2, 'b')");
  }

  @Test
  void aQueryIsReadUnderAContext(Context root) throws Exception {
    assertThat(names(root)).containsExactly("a", "b");
    assertThat(database(pool).isWrapperFor(HikariDataSource.class)).isTrue();
  }

  // @start region=ambient
  List<String> unchanged(JdbcTemplate jdbc) {
    return jdbc.queryForList("select name from item order by id", String.class);
  }

  List<String> called(Context ctx, JdbcTemplate jdbc) {
    return ctx.call(c -> unchanged(jdbc)); // everything below finds Context.current()
  }

  // @end region=ambient

  @Test
  void aFrameworkFindsTheCurrentContext(Context root) throws Exception {
    var jdbc = new JdbcTemplate(source);
    assertThat(called(root, jdbc)).containsExactly("a", "b");
    try (var ctx = root.withCancel()) {
      assertThatThrownBy(
              () ->
                  ctx.run(
                      c -> {
                        ctx.cancel();
                        unchanged(jdbc);
                      }))
          .hasRootCauseInstanceOf(ContextCancelledException.class);
    }
  }

  // @start region=transaction
  void rename(Context ctx, int id, String name) throws SQLException {
    Transactions.run(
        ctx,
        source,
        tx -> {
          try (var update = tx.prepareStatement("update item set name = ? where id = ?")) {
            update.setString(1, name);
            update.setInt(2, id);
            update.executeUpdate();
          }
        }); // committed; rolled back if that threw or ctx had ended
  }

  // @end region=transaction

  @Test
  void aTransactionCommits(Context root) throws Exception {
    rename(root, 1, "c");
    assertThat(names(root)).containsExactly("c", "b");
  }

  // @start region=settings
  int swap(Context ctx) throws SQLException {
    return Transactions.callRetrying(
        ctx,
        source,
        tx -> {
          tx.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
          try (var statement = tx.createStatement()) {
            Savepoint before = tx.setSavepoint();
            try {
              return statement.executeUpdate("update item set name = 'c' where name = 'a'");
            } catch (SQLException e) {
              tx.rollback(before); // try something else
              return statement.executeUpdate("update item set name = 'd' where name = 'a'");
            }
          }
        });
  }

  // @end region=settings

  @Test
  void settingsAndSavepointsAreJdbcs(Context root) throws Exception {
    assertThat(swap(root)).isEqualTo(1);
    assertThat(names(root)).containsExactly("c", "b");
  }

  // @start region=cleanup
  void exclusively(Context ctx, Connection connection) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute("select pg_advisory_lock(7)");
      try {
        statement.execute("update item set name = upper(name)");
      } finally {
        ctx.runShielded( // also when ctx has ended
            Duration.ofSeconds(1), c -> statement.execute("select pg_advisory_unlock(7)"));
      }
    }
  }

  // @end region=cleanup

  @Test
  void aCleanUpIsSentAfterTheEnd(Context root) throws Exception {
    observer.execute(
        "create or replace function slow() returns trigger language plpgsql as"
            + " $$ begin perform pg_sleep(60); return new; end $$;"
            + " create trigger slow before update on item for each row execute function slow()");
    try (var ctx = root.withTimeout(Duration.ofMillis(300));
        Connection connection = source.connection(ctx)) {
      assertThatThrownBy(() -> exclusively(ctx, connection))
          .isInstanceOf(SQLTimeoutException.class);
      observer.awaitNoAdvisoryLock();
    } finally {
      observer.execute("drop trigger slow on item");
    }
  }

  // @start region=failures
  String explain(SQLException failure) {
    return switch (failure) {
      case CommitOutcomeUnknownException unknown -> "look whether it was done";
      case SQLTimeoutException timeout -> "took too long: " + timeout.getMessage();
      case SQLException e when e.getCause() instanceof ContextCancelledException ->
          "cancelled: the caller has gone";
      default -> "the database says: " + failure.getMessage();
    };
  }

  // @end region=failures

  @Test
  void failuresSayWhatEnded(Context root) throws Exception {
    try (var ctx = root.withCancel()) {
      ctx.cancel();
      assertThatThrownBy(() -> names(ctx))
          .isInstanceOfSatisfying(
              SQLException.class,
              e -> assertThat(explain(e)).isEqualTo("cancelled: the caller has gone"));
    }
    try (var ctx = root.withTimeout(Duration.ZERO)) {
      assertThatThrownBy(() -> names(ctx))
          .hasCauseInstanceOf(DeadlineExceededException.class)
          .isInstanceOfSatisfying(
              SQLException.class,
              e -> assertThat(explain(e)).startsWith("took too long: deadline of 0ns"));
    }
    var broken = new CommitOutcomeUnknownException(new SQLException("broken"));
    assertThat(explain(broken)).isEqualTo("look whether it was done");
    assertThat(explain(new SQLException("no table"))).isEqualTo("the database says: no table");
  }
}
