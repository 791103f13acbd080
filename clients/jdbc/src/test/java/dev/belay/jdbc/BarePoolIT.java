package dev.belay.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.belay.CancellableContext;
import dev.belay.ContextCancelledException;
import dev.belay.postgres.EmbeddedPostgres;
import dev.belay.postgres.PostgresSettings;
import dev.belay.testkit.SharedThreads;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The same cancels against a bare pool and against ours: what they leave in the server. All queries
 * wait for one lock, so that nothing depends on time.
 */
@SharedThreads({"HikariPool", "bare", "ours", "PostgreSQL-JDBC"})
class BarePoolIT {
  private static final int QUERIES = 4;
  private static final String QUERY = "select pg_advisory_xact_lock(1)";

  private EmbeddedPostgres server;
  private Observer observer;
  private HikariDataSource bare;
  private HikariDataSource ours;

  @BeforeEach
  void start() throws Exception {
    // As PostgreSQL is unless configured: it looks for a lost client only when it has an answer.
    server =
        EmbeddedPostgres.start(
            PostgresSettings.defaults().withParameter("client_connection_check_interval", "0"));
    observer = new Observer(server.jdbcUrl());
    observer.execute("select pg_advisory_lock(1)");
    bare = pool("bare");
    ours = pool("ours");
  }

  @AfterEach
  void stop() throws Exception {
    observer.close();
    bare.close();
    ours.close();
    server.close();
  }

  private HikariDataSource pool(String name) {
    var config = new HikariConfig();
    config.setJdbcUrl(server.jdbcUrl() + "&ApplicationName=" + name);
    config.setPoolName(name);
    config.setMaximumPoolSize(QUERIES);
    return new HikariDataSource(config);
  }

  /** What a cancel of all queries of a pool has left. */
  private record Left(int queries, int burntConnections) {}

  @Test
  void interruptsLeaveQueriesAndBurnConnectionsOfABarePoolOnly(CancellableContext root)
      throws Exception {
    var source = ContextDataSource.wrap(ours);
    Left ofBare = afterCancel(bare, () -> query(bare.getConnection()), f -> f.cancel(true));
    Left ofOurs = afterCancel(ours, () -> query(source.connection(root)), f -> f.cancel(true));
    System.out.println("interrupted: bare pool " + ofBare + ", under a context " + ofOurs);
    assertThat(ofBare).isEqualTo(new Left(QUERIES, QUERIES));
    assertThat(ofOurs).isEqualTo(new Left(0, 0));
  }

  @Test
  void theEndOfAContextLeavesNothing(CancellableContext root) throws Exception {
    var source = ContextDataSource.wrap(ours);
    try (var ctx = root.withCancel()) {
      Left left = afterCancel(ours, () -> query(source.connection(ctx)), unused -> ctx.cancel());
      System.out.println("cancelled: under a context " + left);
      assertThat(left).isEqualTo(new Left(0, 0));
    }
  }

  @Test
  void aCancelThatComesBeforeTheStatementIsLostOnABarePoolOnly(CancellableContext root)
      throws Exception {
    try (var executor = Executors.newVirtualThreadPerTaskExecutor();
        Connection connection = bare.getConnection();
        Statement statement = connection.createStatement()) {
      statement.cancel();
      Future<Boolean> query = executor.submit(() -> statement.execute(QUERY));
      awaitWaiting(bare, 1);
      statement.cancel();
      assertThatThrownBy(query::get).hasCauseInstanceOf(SQLException.class);
    }
    try (var ctx = root.withCancel();
        Connection connection = ContextDataSource.wrap(ours).connection(ctx);
        Statement statement = connection.createStatement()) {
      ctx.cancel();
      assertThatThrownBy(() -> statement.execute(QUERY))
          .hasCauseInstanceOf(ContextCancelledException.class);
      assertThat(waiting(ours)).isZero();
    }
  }

  /** Fills {@code pool} with waiting queries, cancels all, and looks once the callers are back. */
  private Left afterCancel(HikariDataSource pool, Callable<Boolean> query, Cancel cancel)
      throws Exception {
    var before = backends(pool);
    List<Future<Boolean>> queries = new ArrayList<>();
    try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < QUERIES; i++) {
        queries.add(executor.submit(query));
      }
      awaitWaiting(pool, QUERIES);
      for (Future<Boolean> each : queries) {
        cancel.of(each);
      }
      // Leaving waits until the callers are back.
    }
    int left = waiting(pool);
    var after = backends(pool);
    before.removeAll(after);
    return new Left(left, before.size());
  }

  private interface Cancel {
    void of(Future<Boolean> query);
  }

  private static boolean query(Connection borrowed) throws SQLException {
    try (borrowed;
        Statement statement = borrowed.createStatement()) {
      return statement.execute(QUERY);
    }
  }

  /** The server processes behind the pool: borrows all it can lend. */
  private static Set<Integer> backends(DataSource pool) throws SQLException {
    var pids = new TreeSet<Integer>();
    List<Connection> borrowed = new ArrayList<>();
    try {
      for (int i = 0; i < QUERIES; i++) {
        borrowed.add(pool.getConnection());
        pids.add(DatabaseFixture.backendOf(borrowed.getLast()));
      }
    } finally {
      for (Connection connection : borrowed) {
        connection.close();
      }
    }
    return pids;
  }

  private int waiting(HikariDataSource pool) throws SQLException {
    return observer.number(
        "select count(*) from pg_stat_activity where wait_event = 'advisory'"
            + " and application_name = '"
            + pool.getPoolName()
            + "'");
  }

  private void awaitWaiting(HikariDataSource pool, int wanted) throws SQLException {
    while (waiting(pool) != wanted) {
      Thread.onSpinWait();
    }
  }
}
