package dev.belay.bench;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.belay.Context;
import dev.belay.http.server.RequestContexts;
import dev.belay.jdbc.ContextDataSource;
import dev.belay.jetty.ContextHandler;
import dev.belay.jetty.ContextHttpConnectionFactory;
import dev.belay.postgres.EmbeddedPostgres;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * From the moment at which an HTTP client closes its connection to the one at which the query of
 * its request is gone from the database server, as the server itself says.
 */
final class GoneClients {
  static final String MEDIAN = "GoneClients.median";
  static final String P99 = "GoneClients.p99";

  private static final int WARM_UP = 50;
  private static final int TURNS = 500;
  private static final String WORKING =
      "select count(*) from pg_stat_activity where state = 'active' and query like '%pg_sleep(60)'"
          + " and pid <> pg_backend_pid()";

  private GoneClients() {}

  static void measure(Figures figures) throws Exception {
    System.out.println("# Gone clients: " + TURNS + " turns");
    try (EmbeddedPostgres database = EmbeddedPostgres.start();
        HikariDataSource pool = pool(database);
        Connection observer = DriverManager.getConnection(database.jdbcUrl());
        Statement look = observer.createStatement()) {
      Server server = server(ContextDataSource.wrap(pool));
      server.start();
      int port = ((ServerConnector) server.getConnectors()[0]).getLocalPort();
      try {
        List<Long> millis = new ArrayList<>();
        for (int i = 0; i < WARM_UP + TURNS; i++) {
          long nanos = turn(port, look);
          if (i >= WARM_UP) {
            millis.add(nanos);
          }
        }
        millis.sort(null);
        figures.add(MEDIAN, millis.get(TURNS / 2) / 1e6);
        figures.add(P99, millis.get(TURNS * 99 / 100) / 1e6);
      } finally {
        server.stop();
      }
    }
  }

  private static HikariDataSource pool(EmbeddedPostgres database) {
    var config = new HikariConfig();
    config.setJdbcUrl(database.jdbcUrl());
    return new HikariDataSource(config);
  }

  private static Server server(ContextDataSource source) {
    var threads = new QueuedThreadPool();
    threads.setVirtualThreadsExecutor(Executors.newVirtualThreadPerTaskExecutor());
    var server = new Server(threads);
    server.setHandler(
        new ContextHandler(
            Context.background(),
            new RequestContexts(Duration.ofMinutes(1)),
            (ctx, request, response) -> sleep(source, ctx)));
    var connector =
        new ServerConnector(server, new ContextHttpConnectionFactory(new HttpConfiguration()));
    connector.setHost("127.0.0.1");
    server.addConnector(connector);
    return server;
  }

  private static void sleep(ContextDataSource source, Context ctx) throws SQLException {
    try (Connection connection = source.connection(ctx);
        Statement statement = connection.createStatement()) {
      statement.execute("select pg_sleep(60)");
    }
  }

  private static long turn(int port, Statement look) throws Exception {
    var client = new Socket(InetAddress.getLoopbackAddress(), port);
    client
        .getOutputStream()
        .write("GET / HTTP/1.1\r\nHost: here\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    await(look, 1);
    long begin = System.nanoTime();
    client.close();
    await(look, 0);
    return System.nanoTime() - begin;
  }

  private static void await(Statement look, int wanted) throws SQLException {
    int working = -1;
    while (working != wanted) {
      try (ResultSet rows = look.executeQuery(WORKING)) {
        working = rows.next() ? rows.getInt(1) : -1;
      }
    }
  }
}
