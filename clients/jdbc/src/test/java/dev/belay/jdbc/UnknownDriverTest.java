package dev.belay.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.belay.CancellableContext;
import dev.belay.Context;
import dev.belay.ContextCancelledException;
import dev.belay.DeadlineExceededException;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.sql.Statement;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** A driver that nobody has measured: it is not trusted with a connection that it cancelled on. */
class UnknownDriverTest extends DatabaseFixture {
  /**
   * A driver whose statement named "wait" waits for its cancel, as its rows do, and whose rollback
   * waits for abort. Then nothing can be closed.
   */
  private static final class Driver {
    final AtomicInteger aborts = new AtomicInteger();
    final AtomicInteger opened = new AtomicInteger();
    private final CountDownLatch executing = new CountDownLatch(1);
    private final CountDownLatch cancelled = new CountDownLatch(1);
    private final CountDownLatch aborted = new CountDownLatch(1);
    private boolean autoCommit = true;

    DataSource source() {
      return Stubs.source(this::connection);
    }

    private Connection connection() {
      opened.incrementAndGet();
      var broken = new AtomicBoolean();
      return Stubs.of(
          Connection.class,
          (proxy, method, arguments) ->
              switch (method.getName()) {
                case "createStatement" -> statement(broken);
                case "isValid" -> true;
                case "getMetaData" ->
                    Stubs.of(DatabaseMetaData.class, (self, asked, with) -> Stubs.nothing(asked));
                case "getAutoCommit" -> autoCommit;
                case "setAutoCommit" -> {
                  autoCommit = (boolean) arguments[0];
                  yield null;
                }
                case "rollback" -> {
                  aborted.await();
                  throw new SQLException("broken");
                }
                case "abort" -> {
                  broken.set(true);
                  aborts.incrementAndGet();
                  aborted.countDown();
                  yield null;
                }
                default -> Stubs.nothing(method);
              });
    }

    private Statement statement(AtomicBoolean broken) {
      return Stubs.of(
          Statement.class,
          (proxy, method, arguments) ->
              switch (method.getName()) {
                case "execute" -> arguments[0].equals("wait") && await();
                case "executeQuery" -> rows(broken);
                case "cancel" -> {
                  cancelled.countDown();
                  yield null;
                }
                case "close" -> close(broken);
                default -> Stubs.nothing(method);
              });
    }

    private ResultSet rows(AtomicBoolean broken) {
      return Stubs.of(
          ResultSet.class,
          (proxy, method, arguments) ->
              switch (method.getName()) {
                case "next" -> await();
                case "close" -> close(broken);
                default -> Stubs.nothing(method);
              });
    }

    private boolean await() throws Exception {
      executing.countDown();
      cancelled.await();
      throw new SQLException("stopped");
    }

    private static Object close(AtomicBoolean broken) throws SQLException {
      if (broken.get()) {
        throw new SQLException("broken");
      }
      return null;
    }
  }

  private static void execute(ContextDataSource source, Context ctx, String sql)
      throws SQLException {
    try (Connection connection = source.connection(ctx);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @Test
  void theConnectionIsDiscardedAfterASentCancel(CancellableContext root) throws Exception {
    var driver = new Driver();
    var wrapped = ContextDataSource.wrap(driver.source());
    execute(wrapped, root, "quick");
    assertThat(driver.aborts).hasValue(0);
    assertEndsWithCancel(driver, wrapped, root);
    assertThat(driver.aborts).hasValue(1);
  }

  private static void assertEndsWithCancel(
      Driver driver, ContextDataSource wrapped, CancellableContext root) throws Exception {
    try (var ctx = root.withCancel()) {
      var attempt =
          On.VIRTUAL.start(
              () -> {
                execute(wrapped, ctx, "wait");
                return null;
              });
      driver.executing.await();
      ctx.cancel();
      assertThat(attempt.failure()).hasCauseInstanceOf(ContextCancelledException.class);
      assertThat(attempt.failure().getCause()).hasCause(new SQLException("stopped"));
    }
  }

  @Test
  void whatIsOpenOnAConnectionThatWasGivenUpIsClosedInPeace(CancellableContext root)
      throws Exception {
    var driver = new Driver();
    try (var ctx = root.withCancel()) {
      var attempt =
          On.VIRTUAL.start(
              () -> {
                try (Connection connection =
                        ContextDataSource.wrap(driver.source()).connection(ctx);
                    Statement statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery("quick")) {
                  return rows.next();
                }
              });
      driver.executing.await();
      ctx.cancel();
      assertThat(attempt.failure())
          .hasCauseInstanceOf(ContextCancelledException.class)
          .hasNoSuppressedExceptions();
    }
  }

  /** Both pools' connections are of one class: HikariCP's. */
  @Test
  void whichDriverItIsDoesNotDependOnThePoolsWrapper(CancellableContext root) throws Exception {
    try (Connection known = source.connection(root)) {
      assertThat(number(known, "select 1")).isEqualTo(1);
    }
    var config = new HikariConfig();
    var driver = new Driver();
    config.setDataSource(driver.source());
    config.setMaximumPoolSize(1);
    try (var unknownPool = new HikariDataSource(config)) {
      var wrapped = ContextDataSource.wrap(unknownPool);
      execute(wrapped, root, "quick");
      int before = driver.opened.get();
      assertEndsWithCancel(driver, wrapped, root);
      execute(wrapped, root, "quick");
      assertThat(driver.opened.get()).as("connections").isGreaterThan(before);
    }
  }

  @Test
  void aRollbackThatHangsIsDiscarded(Context root) throws Exception {
    var driver = new Driver();
    try (Connection connection = ContextDataSource.wrap(driver.source()).connection(root)) {
      connection.setAutoCommit(false);
      try (Statement statement = connection.createStatement()) {
        statement.execute("quick");
      }
      assertThatThrownBy(connection::rollback)
          .isInstanceOf(SQLTimeoutException.class)
          .hasMessageEndingWith(", while rolling back; the connection was discarded")
          .hasCauseInstanceOf(DeadlineExceededException.class);
      assertThat(driver.aborts).hasValue(1);
    }
  }
}
