package dev.belay.tomcat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.belay.jdbc.ContextDataSource;
import dev.belay.postgres.EmbeddedPostgres;
import dev.belay.tomcat.stock.Contexts;
import dev.belay.tomcat.stock.SlowQuery;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

/** A war on a stock Tomcat with one line of server.xml changed. */
class StockTomcatIT {
  private static final String CURL = "/usr/bin/curl";
  private static final long PATIENCE = 60;

  @Test
  void theQueryOfACurlThatIsKilledIsGoneFromTheDatabase() throws Exception {
    assumeTrue(Files.isExecutable(Path.of(CURL)), "curl is missing");
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start();
        Connection watcher = DriverManager.getConnection(postgres.jdbcUrl());
        var tomcat =
            StockTomcat.start(
                List.of(Contexts.class, SlowQuery.class),
                List.of(ContextDataSource.class, PGSimpleDataSource.class),
                postgres.jdbcUrl())) {
      Process curl = new ProcessBuilder(CURL, "-s", tomcat.url("/slow")).start();
      awaitSleepers(watcher, 1);
      curl.destroyForcibly();
      awaitSleepers(watcher, 0);
      assertThat(curl.waitFor(PATIENCE, TimeUnit.SECONDS)).isTrue();
    }
  }

  /** Looks again and again; a query that is not cancelled sleeps for longer than this looks. */
  private static void awaitSleepers(Connection watcher, int count) throws SQLException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE);
    int seen = -1;
    while (seen != count && System.nanoTime() < end) {
      seen = sleepers(watcher);
    }
    assertThat(seen).isEqualTo(count);
  }

  private static int sleepers(Connection watcher) throws SQLException {
    String query =
        "select count(*) from pg_stat_activity where state = 'active' and query like '%pg_sleep(600%'"
            + " and pid <> pg_backend_pid()";
    try (var statement = watcher.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      rows.next();
      return rows.getInt(1);
    }
  }
}
