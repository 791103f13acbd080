package quickstart;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.belay.Context;
import dev.belay.http.client.ContextHttpClient;
import dev.belay.http.server.RequestContexts;
import dev.belay.jdbc.ContextDataSource;
import dev.belay.jetty.ContextEndpoint;
import dev.belay.jetty.ContextHandler;
import dev.belay.jetty.ContextHttpConnectionFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.Executors;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** The program: a server, a pool, and a stand-in for the service that knows rates. */
public final class PriceServer {
  private PriceServer() {}

  // @start region=server
  /** A Jetty that runs {@code endpoint} under a context per request, on virtual threads. */
  static Server server(Context root, int port, ContextEndpoint endpoint) {
    var threads = new QueuedThreadPool();
    threads.setVirtualThreadsExecutor(Executors.newVirtualThreadPerTaskExecutor());
    var server = new Server(threads);
    var http = new ContextHttpConnectionFactory(new HttpConfiguration());
    var connector = new ServerConnector(server, http);
    connector.setHost("127.0.0.1");
    connector.setPort(port);
    server.addConnector(connector);
    var limit = new RequestContexts(Duration.ofSeconds(10)); // a client may ask for less
    server.setHandler(new ContextHandler(root, limit, endpoint));
    return server;
  }

  // @end region=server

  static HikariDataSource pool(String url) {
    var config = new HikariConfig();
    config.setJdbcUrl(url);
    return new HikariDataSource(config);
  }

  /**
   * Serves quotes on port 8080 until it is stopped.
   *
   * @param args how many seconds the other service takes; none if left out
   */
  // @start region=main
  public static void main(String[] args) throws Exception {
    var delay = Duration.ofSeconds(args.length == 0 ? 0 : Integer.parseInt(args[0]));
    try (var root = Context.root("prices");
        var pool = pool("jdbc:h2:mem:prices;QUERY_CACHE_SIZE=0");
        var client = HttpClient.newHttpClient()) {
      var database = ContextDataSource.wrap(pool);
      createProducts(root, database);
      var prices =
          new Prices(
              database, ContextHttpClient.of(client), URI.create("http://127.0.0.1:8081/rate"));
      Server rates = server(root, 8081, rates(delay));
      Server quotes = server(root, 8080, prices::handle);
      quotes.setStopAtShutdown(true);
      rates.start();
      quotes.start();
      quotes.join();
      rates.stop();
    }
  }

  // @end region=main

  /** Stands in for another team's service. */
  private static ContextEndpoint rates(Duration delay) {
    return (ctx, request, response) -> {
      ctx.sleep(delay);
      Content.Sink.write(response, true, StandardCharsets.UTF_8.encode("1.17"));
    };
  }

  static void createProducts(Context ctx, ContextDataSource database) throws SQLException {
    try (var db = database.connection(ctx);
        var statement = db.createStatement()) {
      statement.execute("create table product (name varchar primary key, cents bigint)");
      statement.execute("insert into product values ('tea', 250), ('coffee', 320)");
    }
  }
}
