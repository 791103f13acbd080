package quickstart;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.fail;

import com.sun.net.httpserver.HttpServer;
import com.zaxxer.hikari.HikariDataSource;
import dev.belay.Context;
import dev.belay.DeadlineExceededException;
import dev.belay.http.client.ContextHttpClient;
import dev.belay.jdbc.ContextDataSource;
import dev.belay.testkit.VirtualClock;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Each test fails, too, if it leaves a context, a timer or a thread behind. */
class PricesTest {
  private final CountDownLatch asked = new CountDownLatch(1);
  private final CountDownLatch answer = new CountDownLatch(1);
  private HikariDataSource pool;
  private HttpClient client;
  private HttpServer rates;
  private Prices prices;

  @BeforeEach
  void start() throws IOException {
    pool = PriceServer.pool("jdbc:h2:mem:" + UUID.randomUUID() + ";QUERY_CACHE_SIZE=0");
    client = HttpClient.newHttpClient();
    rates = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    rates.createContext(
        "/rate",
        exchange -> {
          try (exchange) {
            asked.countDown();
            answer.await();
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write("1.17".getBytes(StandardCharsets.US_ASCII));
          } catch (InterruptedException e) {
            throw new IOException(e);
          }
        });
    rates.start();
    prices =
        new Prices(
            ContextDataSource.wrap(pool),
            ContextHttpClient.of(client),
            URI.create("http://127.0.0.1:" + rates.getAddress().getPort() + "/rate"));
  }

  @AfterEach
  void stop() {
    answer.countDown();
    rates.stop(0);
    client.close();
    pool.close();
  }

  // @start region=deadline
  @Test
  void aQuoteTakesTwoSecondsAtMost(Context ctx, VirtualClock clock) throws Exception {
    PriceServer.createProducts(ctx, ContextDataSource.wrap(pool));
    var quote = new FutureTask<>(() -> prices.quote(ctx, "tea"));
    Thread caller = Thread.ofVirtual().start(quote);
    asked.await(); // the other service has the request, and does not answer
    clock.advance(Duration.ofSeconds(2));
    caller.join();
    assertInstanceOf(DeadlineExceededException.class, quote.exceptionNow());
  }

  // @end region=deadline

  // @start region=over-http
  @Test
  void aQuoteIsAnsweredOverHttp(Context ctx) throws Exception {
    PriceServer.createProducts(ctx, ContextDataSource.wrap(pool));
    answer.countDown();
    Server server = PriceServer.server(ctx, 0, prices::handle);
    server.start();
    try {
      assertEquals("200 2.93", get(server, "/quote/tea"));
      assertEquals("400", get(server, "/quote/gold").substring(0, 3));
    } finally {
      server.stop();
    }
  }

  // @end region=over-http

  private String get(Server server, String path) throws Exception {
    var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port(server) + path));
    var response = client.send(request.build(), BodyHandlers.ofString());
    return response.statusCode() + " " + response.body();
  }

  private static int port(Server server) {
    return ((ServerConnector) server.getConnectors()[0]).getLocalPort();
  }

  // @start region=client-leaves
  @Test
  void theQueryEndsWhenTheClientLeaves(Context ctx, VirtualClock standing) throws Exception {
    execute("create view product as select 'tea' as name, a.x + b.x as cents" + ENDLESS);
    // No time passes under the clock of this test: no deadline will end the query.
    Server server = PriceServer.server(ctx, 0, prices::handle);
    server.start();
    try {
      try (var socket = new Socket(InetAddress.getLoopbackAddress(), port(server))) {
        String request = "GET /quote/tea HTTP/1.1\r\nHost: localhost\r\n\r\n";
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        awaitRunningQueries(1);
      } // the client leaves
      awaitRunningQueries(0);
    } finally {
      server.stop();
    }
  }

  // @end region=client-leaves

  /** Ten thousand million rows, none of which fits. */
  private static final String ENDLESS =
      " from system_range(1, 100000) a, system_range(1, 100000) b where a.x + b.x = 3.5";

  private void execute(String sql) throws SQLException {
    try (var db = pool.getConnection();
        var statement = db.createStatement()) {
      statement.execute(sql);
    }
  }

  /** Asks the database what it works on. */
  private void awaitRunningQueries(int wanted) throws SQLException {
    String running =
        "select count(*) from information_schema.sessions"
            + " where executing_statement like 'select cents%'";
    try (var db = pool.getConnection();
        var statement = db.prepareStatement(running)) {
      while (!Thread.interrupted()) { // the test's time-out interrupts
        try (var rows = statement.executeQuery()) {
          rows.next();
          if (rows.getInt(1) == wanted) {
            return;
          }
        }
        Thread.yield();
      }
      fail("never saw " + wanted + " running queries");
    }
  }

  @Test
  void aContextThatHasEndedAsksNobody(Context ctx) {
    try (var ended = ctx.withTimeout(Duration.ZERO)) {
      var failure = assertThrows(SQLException.class, () -> prices.quote(ended, "tea"));
      assertInstanceOf(DeadlineExceededException.class, failure.getCause());
    }
  }
}
