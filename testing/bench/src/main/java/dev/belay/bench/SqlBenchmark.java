package dev.belay.bench;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.belay.CancellableContext;
import dev.belay.Context;
import dev.belay.jdbc.ContextDataSource;
import dev.belay.postgres.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** A prepared query of one row on PostgreSQL, by a platform thread and by a virtual one. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@SuppressWarnings("NullAway.Init") // set up by JMH
public class SqlBenchmark {
  private static final int QUERIES = 100;

  private EmbeddedPostgres server;
  private HikariDataSource pool;
  private CancellableContext ctx;
  private Connection bare;
  private Connection underContext;
  private PreparedStatement bareStatement;
  private PreparedStatement statementUnderContext;

  /** Starts the server. */
  @Setup
  public void start() throws IOException, SQLException {
    server = EmbeddedPostgres.start();
    var config = new HikariConfig();
    config.setJdbcUrl(server.jdbcUrl());
    config.setMaximumPoolSize(2);
    pool = new HikariDataSource(config);
    ctx = Context.background().withCancel();
    bare = pool.getConnection();
    underContext = ContextDataSource.wrap(pool).connection(ctx);
    bareStatement = bare.prepareStatement("select 1");
    statementUnderContext = underContext.prepareStatement("select 1");
  }

  /** Ends what was begun. */
  @TearDown
  public void end() throws SQLException {
    bare.close();
    underContext.close();
    ctx.close();
    pool.close();
    server.close();
  }

  private static int query(PreparedStatement statement) throws SQLException {
    try (ResultSet rows = statement.executeQuery()) {
      rows.next();
      return rows.getInt(1);
    }
  }

  private static int onVirtualThread(PreparedStatement statement) throws Exception {
    var task =
        new FutureTask<>(
            () -> {
              int sum = 0;
              for (int i = 0; i < QUERIES; i++) {
                sum += query(statement);
              }
              return sum;
            });
    Thread.startVirtualThread(task);
    return task.get();
  }

  /** The driver, through the pool. */
  @Benchmark
  public int bare() throws SQLException {
    return query(bareStatement);
  }

  /** The same under a context. */
  @Benchmark
  public int underContext() throws SQLException {
    return query(statementUnderContext);
  }

  /** The driver, through the pool. */
  @Benchmark
  @OperationsPerInvocation(QUERIES)
  public int bareOnVirtual() throws Exception {
    return onVirtualThread(bareStatement);
  }

  /** The same under a context. */
  @Benchmark
  @OperationsPerInvocation(QUERIES)
  public int underContextOnVirtual() throws Exception {
    return onVirtualThread(statementUnderContext);
  }
}
