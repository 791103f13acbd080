package dev.belay.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.CancellableContext;
import dev.belay.Context;
import dev.belay.ContextCancelledException;
import dev.belay.spi.ContextEvent;
import dev.belay.spi.ContextEvents;
import dev.belay.spi.ContextListener;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** MySQL's own driver, with MariaDB's server. */
class MySqlStormTest extends ServerStormContract {
  /** Gives five rows, each so long that it is sent at once, and then none for ten minutes. */
  private static final String STALLING =
      "select seq, repeat('x', 100000) from seq_1_to_9 where if(seq > 5, sleep(600), 0) = 0";

  private final AtomicInteger cancels = new AtomicInteger();
  private final AtomicInteger doubtful = new AtomicInteger();

  /** The cancels do not pass through what is counted otherwise: each is a login of its own. */
  private final ContextListener listener =
      event -> {
        if (event instanceof ContextEvent.CancelSent sent) {
          cancels.incrementAndGet();
          boolean arrived = sent.failure() == null;
          if (!arrived || sent.took().toNanos() > StatementCanceller.SURE_NANOS * 9 / 10) {
            doubtful.incrementAndGet();
          }
        }
      };

  @BeforeEach
  void count() {
    cancels.set(0);
    doubtful.set(0);
    ContextEvents.install(listener);
  }

  @AfterEach
  void remove() {
    ContextEvents.remove(listener);
  }

  @Override
  int cancels(CountingSource counts) {
    return cancels.get();
  }

  @Override
  int reasons(CountingSource counts) {
    return doubtful.get();
  }

  @Override
  TestDatabase.Server start(Path folder) throws Exception {
    return MariaDbServer.startForMySql();
  }

  /** Reads five rows of a stream that then stalls. */
  private static ResultSet stream(Statement statement) throws Exception {
    statement.setFetchSize(Integer.MIN_VALUE); // how this driver is asked to stream
    ResultSet rows = statement.executeQuery(STALLING);
    for (int i = 1; i <= 5; i++) {
      assertThat(rows.next()).isTrue();
      assertThat(rows.getInt(1)).isEqualTo(i);
    }
    return rows;
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
                    Statement statement = connection.createStatement();
                    ResultSet rows = stream(statement)) {
                  read.countDown();
                  return rows.next();
                }
              });
      read.await();
      ctx.cancel();
      assertThat(attempt.failure()).hasCauseInstanceOf(ContextCancelledException.class);
    }
    assertNothingWorks();
  }

  /** The driver reads all the rest when rows are closed: that would last for ten minutes here. */
  @Test
  void aStreamIsLeftEarly(Context root) throws Exception {
    var attempt =
        On.VIRTUAL.start(
            () -> {
              try (Connection connection = source().connection(root);
                  Statement statement = connection.createStatement()) {
                stream(statement).close();
                return execute(connection, database().shortQuery());
              }
            });
    attempt.result();
    assertNothingWorks();
  }
}
