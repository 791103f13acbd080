package dev.belay.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.CancellableContext;
import dev.belay.Context;
import dev.belay.ContextCancelledException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Reading rows while the context ends. */
class RowsTest extends DatabaseFixture {
  /** Gives five rows at once, and then none for a minute. */
  private static final String STALLING =
      "select case when g > 5 then pg_sleep(60)::text else g::text end"
          + " from generate_series(1, 100) g";

  private int read(Context ctx, int fetchSize, AtomicInteger read) throws SQLException {
    try (Connection connection = source.connection(ctx)) {
      connection.setAutoCommit(false);
      try (Statement statement = connection.createStatement()) {
        statement.setFetchSize(fetchSize);
        try (ResultSet rows = statement.executeQuery(STALLING)) {
          while (rows.next()) {
            read.incrementAndGet();
          }
          return read.get();
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(On.class)
  void aCursorThatWaitsInNextEnds(On on, CancellableContext root) throws Exception {
    var before = observer.backends();
    var read = new AtomicInteger();
    try (var ctx = root.withCancel()) {
      var reader = on.start(() -> read(ctx, 1, read));
      await(() -> read.get() == 5, "five rows");
      observer.awaitRunning("generate_series", 1);
      ctx.cancel();
      assertThat(reader.failure())
          .isExactlyInstanceOf(SQLException.class)
          .hasMessageEndingWith(", while fetching row 6")
          .hasCauseInstanceOf(ContextCancelledException.class);
      assertThat(reader.failure().getCause()).hasCauseInstanceOf(SQLException.class);
    }
    assertThat(observer.running("generate_series")).isZero();
    assertThat(observer.backends()).isEqualTo(before);
  }

  @ParameterizedTest
  @EnumSource(On.class)
  void aCursorThatWaitsInNextEndsWithAnInterrupt(On on, Context root) throws Exception {
    var before = observer.backends();
    var read = new AtomicInteger();
    var reader = on.start(() -> read(root, 1, read));
    await(() -> read.get() == 5, "five rows");
    observer.awaitRunning("generate_series", 1);
    reader.interrupt();
    assertThat(reader.failure())
        .hasMessage("interrupted while fetching row 6")
        .hasCauseInstanceOf(InterruptedException.class);
    assertThat(reader.wasInterrupted()).isTrue();
    assertThat(observer.running("generate_series")).isZero();
    assertThat(observer.backends()).isEqualTo(before);
  }

  @ParameterizedTest
  @EnumSource(On.class)
  void aCursorIsReadInFull(On on, Context root) throws Exception {
    var sum =
        on.start(
            () -> {
              try (Connection connection = source.connection(root)) {
                connection.setAutoCommit(false);
                try (Statement statement = connection.createStatement()) {
                  statement.setFetchSize(7);
                  return sum(statement.executeQuery("select * from generate_series(1, 1000)"));
                }
              }
            });
    assertThat(sum.result()).isEqualTo(500_500);
  }

  private static int sum(ResultSet numbers) throws SQLException {
    try (numbers) {
      int sum = 0;
      while (numbers.next()) {
        sum += numbers.getInt(1);
      }
      return sum;
    }
  }

  @ParameterizedTest
  @EnumSource(On.class)
  void aCursorClosedEarlyLeavesTheConnectionUsable(On on, Context root) throws Exception {
    var attempt =
        on.start(
            () -> {
              try (Connection connection = source.connection(root)) {
                connection.setAutoCommit(false);
                try (Statement statement = connection.createStatement()) {
                  statement.setFetchSize(2);
                  try (ResultSet rows = statement.executeQuery(STALLING)) {
                    assertThat(rows.next()).isTrue();
                  }
                  return sum(statement.executeQuery("select 1"));
                }
              }
            });
    assertThat(attempt.result()).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource(On.class)
  void aCursorIsClosedAfterTheEnd(On on, CancellableContext root) throws Exception {
    var before = observer.backends();
    try (var ctx = root.withCancel()) {
      var attempt =
          on.start(
              () -> {
                try (Connection connection = source.connection(ctx)) {
                  connection.setAutoCommit(false);
                  try (Statement statement = connection.createStatement()) {
                    statement.setFetchSize(2);
                    try (ResultSet rows = statement.executeQuery(STALLING)) {
                      assertThat(rows.next()).isTrue();
                      ctx.cancel();
                      assertThatThrownBy(rows::next)
                          .hasMessageEndingWith(", while fetching row 2")
                          .hasCauseInstanceOf(ContextCancelledException.class);
                      assertThat(rows.getString(1)).isEqualTo("1");
                    }
                  }
                  return null;
                }
              });
      attempt.result();
    }
    assertThat(observer.backends()).isEqualTo(before);
  }

  @Test
  void rowsThatAreHereStopComingAfterTheEnd(CancellableContext root) throws Exception {
    try (var ctx = root.withCancel();
        Connection connection = source.connection(ctx);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("select * from generate_series(1, 10)")) {
      assertThat(rows.next()).isTrue();
      ctx.cancel();
      assertThatThrownBy(rows::next)
          .isExactlyInstanceOf(SQLException.class)
          .hasMessageEndingWith(", while reading row 2")
          .hasCauseInstanceOf(ContextCancelledException.class);
    }
  }
}
