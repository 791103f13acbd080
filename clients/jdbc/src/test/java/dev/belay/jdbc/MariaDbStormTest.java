package dev.belay.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.CancellableContext;
import dev.belay.Context;
import dev.belay.ContextCancelledException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MariaDbStormTest extends ServerLimitContract {
  /** Gives five rows, each so long that it is sent at once, and then none for ten minutes. */
  private static final String STALLING =
      "select seq, repeat('x', 100000) from seq_1_to_9 where if(seq > 5, sleep(600), 0) = 0";

  @Override
  TestDatabase.Server start(Path folder) throws Exception {
    return MariaDbServer.start();
  }

  private static void readFive(ResultSet rows) throws SQLException {
    for (int i = 1; i <= 5; i++) {
      assertThat(rows.next()).isTrue();
      assertThat(rows.getInt(1)).isEqualTo(i);
    }
  }

  @ParameterizedTest
  @EnumSource(On.class)
  void aStreamThatWaitsInNextEnds(On on, CancellableContext root) throws Exception {
    var read = new CountDownLatch(1);
    try (var ctx = root.withCancel()) {
      var attempt =
          on.start(
              () -> {
                try (Connection connection = source().connection(ctx);
                    Statement statement = connection.createStatement()) {
                  statement.setFetchSize(1);
                  try (ResultSet rows = statement.executeQuery(STALLING)) {
                    readFive(rows);
                    read.countDown();
                    return rows.next();
                  }
                }
              });
      read.await();
      ctx.cancel();
      assertThat(attempt.failure())
          .hasMessageEndingWith(", while fetching row 6")
          .hasCauseInstanceOf(ContextCancelledException.class);
    }
    assertNothingWorks();
  }

  /** What closes the rows that are being read. */
  private enum Closing {
    ROWS,
    STATEMENT,
    CONNECTION,
    NEXT_STATEMENT
  }

  /** The driver reads all the rest when rows are closed: that would last for ten minutes here. */
  @ParameterizedTest
  @EnumSource(Closing.class)
  void aStreamIsLeftEarly(Closing by, Context root) throws Exception {
    var attempt =
        On.VIRTUAL.start(
            () -> {
              try (Connection connection = source().connection(root);
                  Statement statement = connection.createStatement()) {
                statement.setFetchSize(1);
                ResultSet rows = statement.executeQuery(STALLING);
                readFive(rows);
                switch (by) {
                  case ROWS -> rows.close();
                  case STATEMENT -> statement.close();
                  case CONNECTION -> connection.close();
                  case NEXT_STATEMENT ->
                      assertThat(statement.execute(database().shortQuery())).isTrue();
                }
                return null;
              }
            });
    attempt.result();
    assertNothingWorks();
    execute(root);
  }

  private void execute(Context root) throws SQLException {
    try (Connection connection = source().connection(root)) {
      execute(connection, database().shortQuery());
    }
  }
}
