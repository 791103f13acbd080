package dev.belay.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import dev.belay.Context;
import dev.belay.postgres.EmbeddedPostgres;
import dev.belay.testkit.SharedThreads;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;

/** A server and a pool for the tests of a class; each test leaves both as it has found them. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SharedThreads({"HikariPool", "PostgreSQL-JDBC"})
abstract class DatabaseFixture {
  static final int POOL_SIZE = 3;

  /** Far more than any test takes. */
  static final String SLEEP = "select pg_sleep(60)";

  EmbeddedPostgres server;
  Observer observer;
  HikariDataSource pool;
  ContextDataSource source;

  @BeforeAll
  void start() throws Exception {
    server = EmbeddedPostgres.start();
    observer = new Observer(server.jdbcUrl());
    observer.execute("create table item (id int primary key, name text)");
    pool = pool(server.jdbcUrl());
    source = ContextDataSource.wrap(pool);
    await(() -> poolState().getTotalConnections() == POOL_SIZE, "a full pool");
  }

  static HikariDataSource pool(String url) {
    var config = new HikariConfig();
    config.setJdbcUrl(url);
    config.setMaximumPoolSize(POOL_SIZE);
    config.setConnectionTimeout(15_000);
    return new HikariDataSource(config);
  }

  @AfterAll
  void stop() throws Exception {
    pool.close();
    observer.close();
    server.close();
  }

  @AfterEach
  void nothingIsLeft() throws Exception {
    await(() -> poolState().getActiveConnections() == 0, "every connection is back");
    observer.awaitRunning("", 0);
    observer.awaitBackends(POOL_SIZE);
    observer.execute("truncate item");
  }

  HikariPoolMXBean poolState() {
    return pool.getHikariPoolMXBean();
  }

  /** The server process of the one connection that the pool gives when nothing else is going on. */
  static int backendOf(Connection connection) throws SQLException {
    return number(connection, "select pg_backend_pid()");
  }

  static int number(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      assertThat(rows.next()).isTrue();
      return rows.getInt(1);
    }
  }

  /** Runs {@code sql} on a connection under {@code ctx}; to be cancelled. */
  int execute(Context ctx, String sql) throws SQLException {
    try (Connection connection = source.connection(ctx);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
      return 0;
    }
  }

  static void await(BooleanSupplier condition, String what) {
    long until = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as(what).isLessThan(until);
      LockSupport.parkNanos(100_000);
    }
  }
}
