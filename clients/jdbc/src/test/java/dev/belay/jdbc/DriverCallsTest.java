package dev.belay.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Context;
import dev.belay.DeadlineExceededException;
import java.io.InputStream;
import java.sql.Array;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Calls of the driver that ask the server beside the execution of a statement. */
class DriverCallsTest extends DatabaseFixture {
  private static final Duration DEADLINE = Duration.ofMillis(300);

  @BeforeAll
  void aFunctionWithACursor() throws SQLException {
    observer.execute(
        """
        create type pair as (a int, b int);
        create function slow() returns refcursor language plpgsql as
        $$ declare r refcursor; begin
          open r for select g, pg_sleep(case when g > 2 then 60 else 0 end)
            from generate_series(1, 4) g;
          return r; end $$;
        create function quick() returns refcursor language plpgsql as
        $$ declare r refcursor; begin
          open r for select generate_series(1, 4); return r; end $$
        """);
  }

  private static void assertDeadline(Throwable failure) {
    assertThat(failure)
        .isInstanceOf(SQLTimeoutException.class)
        .hasCauseInstanceOf(DeadlineExceededException.class);
  }

  @ParameterizedTest
  @EnumSource(On.class)
  void theRowsOfACursorAreCancelled(On on, Context root) throws Exception {
    var before = observer.backends();
    var attempt =
        on.start(
            () -> {
              try (var ctx = root.withTimeout(DEADLINE);
                  Connection connection = source.connection(ctx);
                  Statement statement = connection.createStatement()) {
                connection.setAutoCommit(false);
                try (ResultSet rows = statement.executeQuery("select slow()")) {
                  assertThat(rows.next()).isTrue();
                  return rows.getObject(1);
                }
              }
            });
    assertDeadline(attempt.failure());
    assertThat(observer.running("slow")).isZero();
    assertThat(observer.backends()).isEqualTo(before);
  }

  @ParameterizedTest
  @EnumSource(On.class)
  void theRowsOfACursorObeyTheContext(On on, Context root) throws Exception {
    var attempt =
        on.start(
            () -> {
              try (Connection connection = source.connection(root);
                  Statement statement = connection.createStatement()) {
                connection.setAutoCommit(false);
                try (ResultSet rows = statement.executeQuery("select quick()")) {
                  assertThat(rows.next()).isTrue();
                  try (ResultSet inner = (ResultSet) rows.getObject(1)) {
                    assertThat(inner.toString()).startsWith("ContextResultSet(");
                    int sum = 0;
                    while (inner.next()) {
                      sum += inner.getInt(1);
                    }
                    return sum;
                  }
                }
              }
            });
    assertThat(attempt.result()).isEqualTo(10);
  }

  @ParameterizedTest
  @EnumSource(On.class)
  void metadataThatWaitsForALockIsCancelled(On on, Context root) throws Exception {
    var before = observer.backends();
    try (Connection holder = pool.getConnection();
        Statement lock = holder.createStatement()) {
      holder.setAutoCommit(false);
      var locked = new CountDownLatch(1);
      var read = new CountDownLatch(1);
      var attempt =
          on.start(
              () -> {
                try (var ctx = root.withCancel();
                    var limited = ctx.withTimeout(Duration.ofSeconds(2));
                    Connection connection = source.connection(limited);
                    Statement statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery("select * from item")) {
                  read.countDown();
                  locked.await();
                  return rows.getMetaData().isAutoIncrement(1);
                }
              });
      read.await();
      lock.execute("lock table pg_catalog.pg_attrdef in access exclusive mode");
      locked.countDown();
      assertDeadline(attempt.failure());
      holder.rollback();
    }
    assertThat(observer.backends()).isEqualTo(before);
  }

  @Test
  void arraysGoBothWays(Context root) throws Exception {
    try (Connection connection = source.connection(root);
        var statement = connection.prepareStatement("select ?::int[]")) {
      Array made = connection.createArrayOf("int4", new Object[] {1, 2});
      statement.setArray(1, made);
      try (ResultSet rows = statement.executeQuery()) {
        assertThat(rows.next()).isTrue();
        assertThat((Object[]) rows.getArray(1).getArray()).containsExactly(1, 2);
        assertThat((Object[]) ((Array) rows.getObject(1)).getArray()).containsExactly(1, 2);
        try (ResultSet elements = rows.getArray(1).getResultSet()) {
          assertThat(elements.toString()).startsWith("ContextResultSet(");
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(On.class)
  void largeObjectsGoBothWays(On on, Context root) throws Exception {
    var attempt =
        on.start(
            () -> {
              try (Connection connection = source.connection(root)) {
                connection.setAutoCommit(false);
                try (var statement = connection.prepareStatement("select ?::oid")) {
                  statement.setBlob(1, InputStream.nullInputStream());
                  statement.setBlob(1, new java.io.ByteArrayInputStream(new byte[100_000]));
                  try (ResultSet rows = statement.executeQuery()) {
                    assertThat(rows.next()).isTrue();
                    var blob = rows.getBlob(1);
                    try (InputStream in = blob.getBinaryStream()) {
                      return in.readAllBytes().length;
                    } finally {
                      blob.free();
                    }
                  }
                }
              }
            });
    assertThat(attempt.result()).isEqualTo(100_000);
  }
}
