package dev.belay.jetty;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.belay.CancellableContext;
import dev.belay.Context;
import dev.belay.contracts.socket.Answer;
import dev.belay.contracts.socket.Http1Client;
import dev.belay.http.server.ClientGoneException;
import dev.belay.http.server.Endpoint;
import dev.belay.http.server.FailureLog;
import dev.belay.http.server.FailureStatus;
import dev.belay.http.server.RequestContexts;
import dev.belay.http.spi.FarEnd;
import dev.belay.http.spi.SocketWatch;
import dev.belay.spi.HelperThread;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A host of one's own, by the SPI: the JDK's server. */
class OwnHostExamples {
  private static final System.Logger LOG = System.getLogger("own.host");

  private final CountDownLatch entered = new CountDownLatch(1);
  private final CompletableFuture<Throwable> cause = new CompletableFuture<>();
  private HttpServer server;
  private ExecutorService threads;

  // @start region=host
  /** Runs {@code endpoint} for one request under a context of its own. */
  static void serve(
      Context root,
      RequestContexts contexts,
      Endpoint<HttpExchange, HttpExchange> endpoint,
      HttpExchange exchange)
      throws IOException {
    String name = exchange.getRequestMethod() + " " + exchange.getRequestURI().getPath();
    try (exchange;
        CancellableContext ctx = contexts.open(root, name, field -> header(exchange, field))) {
      var gone = new ClientGoneException("client gone", null);
      var farEnd = new FarEnd(true, () -> HelperThread.start("gone", () -> ctx.cancel(gone)));
      farEnd.want();
      farEnd.look(exchange.getLocalAddress(), exchange.getRemoteAddress());
      try {
        ctx.run(c -> endpoint.handle(c, exchange, exchange));
      } catch (Throwable failure) {
        OptionalInt status = FailureStatus.of(ctx, failure);
        FailureLog.write(LOG, ctx, status.orElse(0), failure);
        if (status.isPresent() && exchange.getResponseCode() == -1) { // nothing has been sent
          answer(exchange, status.getAsInt(), FailureStatus.text(status.getAsInt(), failure));
        }
      } finally {
        farEnd.forget(); // a client may leave with its answer
      }
    }
  }

  /** Several fields of one name are one value; null if there is none. */
  static String header(HttpExchange exchange, String name) {
    List<String> fields = exchange.getRequestHeaders().get(name);
    return fields == null ? null : String.join(",", fields);
  }

  // @end region=host

  private static void answer(HttpExchange exchange, int status, String text) throws IOException {
    byte[] body = text.getBytes(UTF_8);
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
  }

  private void endpoint(Context ctx, HttpExchange request, HttpExchange response)
      throws IOException, InterruptedException {
    switch (request.getRequestURI().getPath()) {
      case "/waits" -> {
        entered.countDown();
        ctx.awaitDone();
        cause.complete(ctx.cause());
        ctx.throwIfDone();
      }
      case "/fails" -> throw new IllegalStateException("on purpose");
      default -> answer(response, 200, "done");
    }
  }

  @BeforeEach
  void start(CancellableContext root) throws IOException {
    threads = Executors.newVirtualThreadPerTaskExecutor();
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    var contexts = new RequestContexts(Duration.ofMinutes(1));
    server.createContext("/", exchange -> serve(root, contexts, this::endpoint, exchange));
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
    threads.close();
  }

  private Http1Client client() throws IOException {
    return Http1Client.plain(server.getAddress().getPort());
  }

  @Test
  void aRequestIsAnswered() throws Exception {
    try (Http1Client client = client()) {
      assertThat(client.get("/").answer()).isEqualTo(Answer.ok("done"));
      assertThat(client.get("/fails").answer())
          .isEqualTo(new Answer(500, "something went wrong here"));
    }
  }

  @Test
  void theRemainingTimeOfTheClientHolds() throws Exception {
    try (Http1Client client = client()) {
      assertThat(client.get("/waits", "Belay-Timeout-Ms", "10").answer().status()).isEqualTo(504);
    }
  }

  @Test
  void aClientThatLeavesEndsTheContext() throws Exception {
    assumeTrue(SocketWatch.shared() != null, "without epoll nothing is noticed");
    try (Http1Client client = client()) {
      client.get("/waits");
      assertThat(entered.await(20, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(cause.get(20, TimeUnit.SECONDS)).isInstanceOf(ClientGoneException.class);
  }
}
