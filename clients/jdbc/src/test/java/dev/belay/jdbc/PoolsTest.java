package dev.belay.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.belay.CancellableContext;
import dev.belay.Context;
import dev.belay.ContextCancelledException;
import dev.belay.testkit.Attempt;
import dev.belay.testkit.SharedThreads;
import io.agroal.api.AgroalDataSource;
import io.agroal.api.configuration.supplier.AgroalDataSourceConfigurationSupplier;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.apache.tomcat.jdbc.pool.PoolProperties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.postgresql.ds.PGSimpleDataSource;
import org.postgresql.ds.common.BaseDataSource;

/** Each pool, with one connection: waiting for it, and getting it back. */
@SharedThreads({"HikariPool", "agroal-", "PostgreSQL-JDBC"})
class PoolsTest extends DatabaseFixture {

  /** The pools there are. */
  enum Kind {
    HIKARI {
      @Override
      DataSource open(String url) {
        var config = new HikariConfig();
        config.setJdbcUrl(url);
        config.setMaximumPoolSize(1);
        return new HikariDataSource(config);
      }
    },
    TOMCAT {
      @Override
      DataSource open(String url) {
        var config = new PoolProperties();
        config.setUrl(url);
        config.setDriverClassName("org.postgresql.Driver");
        config.setMaxActive(1);
        config.setInitialSize(1);
        return new org.apache.tomcat.jdbc.pool.DataSource(config);
      }
    },
    AGROAL {
      @Override
      DataSource open(String url) throws SQLException {
        return AgroalDataSource.from(
            new AgroalDataSourceConfigurationSupplier()
                .connectionPoolConfiguration(
                    pool ->
                        pool.maxSize(1)
                            .acquisitionTimeout(Duration.ofSeconds(30))
                            .connectionFactoryConfiguration(factory -> factory.jdbcUrl(url))));
      }
    };

    abstract DataSource open(String url) throws SQLException;
  }

  static Stream<Arguments> kindsAndThreads() {
    return Stream.of(Kind.values())
        .flatMap(kind -> Stream.of(On.values()).map(on -> Arguments.of(kind, on)));
  }

  private static void close(DataSource pool) throws Exception {
    if (pool instanceof org.apache.tomcat.jdbc.pool.DataSource tomcat) {
      tomcat.close();
    } else {
      ((AutoCloseable) pool).close();
    }
  }

  @ParameterizedTest
  @MethodSource("kindsAndThreads")
  void theWaitEndsAndTheConnectionIsNotLost(Kind kind, On on, CancellableContext root)
      throws Exception {
    DataSource one = kind.open(server.jdbcUrl());
    try (var ctx = root.withCancel()) {
      var ours = ContextDataSource.wrap(one);
      int backend;
      Attempt<Connection> waiter;
      try (Connection held = one.getConnection()) {
        backend = backendOf(held);
        var begun = new CountDownLatch(1);
        waiter =
            on.start(
                () -> {
                  begun.countDown();
                  return ours.connection(ctx);
                });
        begun.await();
        ctx.cancel();
        assertThat(waiter.failure())
            .isExactlyInstanceOf(SQLException.class)
            .hasMessageContaining("waiting for a connection")
            .hasCauseInstanceOf(ContextCancelledException.class);
        assertThat(waiter.wasInterrupted()).isFalse();
      }
      // The waiter that gave up may get it first, and gives it back.
      try (Connection next = ours.connection(root)) {
        assertThat(backendOf(next)).isEqualTo(backend);
      }
    } finally {
      close(one);
    }
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void itsSizeIsKnown(Kind kind) throws Exception {
    DataSource one = kind.open(server.jdbcUrl());
    try {
      assertThat(Pool.of(one).size()).isEqualTo(1);
      assertThat(Pool.of(one).timeout()).isEqualTo(Duration.ofSeconds(30));
    } finally {
      close(one);
    }
  }

  @ParameterizedTest
  @MethodSource("kindsAndThreads")
  void anInterruptEndsTheWaitAndIsKept(Kind kind, On on, Context root) throws Exception {
    DataSource one = kind.open(server.jdbcUrl());
    try {
      var ours = ContextDataSource.wrap(one);
      try (Connection held = one.getConnection()) {
        var waiter = on.start(() -> ours.connection(root));
        waiter.interrupt();
        assertThat(waiter.failure()).hasCauseInstanceOf(InterruptedException.class);
        assertThat(waiter.wasInterrupted()).isTrue();
      }
      try (Connection next = ours.connection(root)) {
        assertThat(number(next, "select 1")).isEqualTo(1);
      }
    } finally {
      close(one);
    }
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void aConnectionInDoubtIsNotLentAgain(Kind kind, CancellableContext root) throws Exception {
    observer.execute("select pg_advisory_lock(1)");
    try (var slow = new CancelProxy(TestDatabases.of(server), Duration.ofSeconds(1), 1)) {
      DataSource one = kind.open(slow.jdbcUrl());
      try (var ctx = root.withCancel()) {
        var ours = ContextDataSource.wrap(one, Duration.ofMillis(1));
        Connection connection = ours.connection(ctx);
        int backend = backendOf(connection);
        var waiting =
            On.PLATFORM.start(
                () -> {
                  observer.awaitRunning(" as doubtful", 1);
                  ctx.cancel();
                  observer.execute("select pg_advisory_unlock(1)");
                  return null;
                });
        try (connection) {
          assertThatThrownBy(
                  () -> number(connection, "select 1 as doubtful from pg_advisory_lock(1)"))
              .isInstanceOf(SQLException.class);
        }
        waiting.result();
        try (Connection next = ours.connection(root)) {
          assertThat(backendOf(next)).isNotEqualTo(backend);
        }
      } finally {
        close(one);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(On.class)
  void withoutAPoolAConnectionThatArrivesLateIsClosed(On on, CancellableContext root)
      throws Exception {
    var connected = new CountDownLatch(1);
    var arrive = new CountDownLatch(1);
    var bare =
        new PGSimpleDataSource() {
          private static final long serialVersionUID = 1;

          @Override
          public Connection getConnection() throws SQLException {
            Connection connection = super.getConnection();
            connected.countDown();
            awaitUninterruptibly(arrive); // as a socket does
            return connection;
          }
        };
    bare.setUrl(server.jdbcUrl());
    assertThat(bare).isInstanceOf(BaseDataSource.class);
    try (var ctx = root.withCancel()) {
      var waiter = on.start(() -> ContextDataSource.wrap(bare).connection(ctx));
      connected.await();
      ctx.cancel();
      assertThat(waiter.failure()).hasCauseInstanceOf(ContextCancelledException.class);
      observer.awaitBackends(POOL_SIZE + 1);
    } finally {
      arrive.countDown();
    }
    observer.awaitBackends(POOL_SIZE);
  }

  @Test
  void aCloseThatHangsIsAborted(Context root) throws Exception {
    var aborted = new CountDownLatch(1);
    var hanging =
        ContextDataSource.wrap(
            Stubs.source(
                () ->
                    Stubs.of(
                        Connection.class,
                        (proxy, method, arguments) -> {
                          switch (method.getName()) {
                            case "close" -> awaitUninterruptibly(aborted);
                            case "abort" -> aborted.countDown();
                            default -> {}
                          }
                          return method.getName().equals("getAutoCommit")
                              ? true
                              : Stubs.nothing(method);
                        })));
    var closing =
        On.VIRTUAL.start(
            () -> {
              hanging.connection(root).close();
              return null;
            });
    assertThat(closing.failure()).isNull();
    assertThat(aborted.getCount()).isZero();
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    boolean interrupted = false;
    while (true) {
      try {
        latch.await();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void aSourceThatMayChooseByAThreadLocalIsAskedByTheCaller() {
    assertThat(Pool.of(Stubs.source(() -> null)).usesHelperThread()).isFalse();
    assertThat(Pool.of(new PGSimpleDataSource()).usesHelperThread()).isTrue();
  }
}
