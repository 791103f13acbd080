package dev.belay.tomcat;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.CancellableContext;
import dev.belay.contracts.server.ServerExchange;
import dev.belay.contracts.server.ServerSettings;
import dev.belay.contracts.socket.Certificate;
import dev.belay.contracts.socket.Http1Client;
import dev.belay.contracts.socket.Http2Client;
import dev.belay.lifecycle.Lifecycle;
import dev.belay.lifecycle.ShutdownReport;
import dev.belay.spi.Roots;
import dev.belay.spi.TimeSource;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A server that is shut down with requests in flight. */
class ServerPartIT {
  private static final Duration DAY = Duration.ofDays(1);

  private final Certificate certificate = Certificate.forLocalhost();
  private final CancellableContext root = Roots.open("server", TimeSource.system(), false);
  private final CountDownLatch begun = new CountDownLatch(1);
  private final CountDownLatch leave = new CountDownLatch(1);
  private final CountDownLatch returned = new CountDownLatch(1);

  private TomcatUnderTest start(Lifecycle life) throws Exception {
    return start(life, filter -> filter);
  }

  private TomcatUnderTest start(Lifecycle life, UnaryOperator<Filter> around) throws Exception {
    var settings = new ServerSettings(life.context(), certificate, DAY, true, DAY, DAY, false);
    var servlet =
        new TomcatUnderTest.Served(
            TomcatUnderTest.endpoint(
                (ctx, exchange) -> life.work().run(ctx, c -> serve(exchange))));
    Filter filter = around.apply(TomcatUnderTest.filter(settings));
    TomcatUnderTest tomcat = TomcatUnderTest.start(settings, filter, servlet);
    life.own("server", tomcat.part());
    return tomcat;
  }

  private void serve(ServerExchange exchange) throws Exception {
    if (exchange.path().equals("/quick")) {
      return;
    }
    begun.countDown();
    switch (exchange.path()) {
      case "/body" -> exchange.readBody();
      case "/large" -> exchange.write(true, new byte[64 << 20]);
      default -> assertThat(leave.await(20, TimeUnit.SECONDS)).isTrue();
    }
  }

  private static CompletableFuture<ShutdownReport> shutDown(Lifecycle life) {
    var report = new CompletableFuture<ShutdownReport>();
    Thread.ofVirtual()
        .start(
            () -> {
              try {
                report.complete(life.shutdown());
              } catch (InterruptedException e) {
                report.completeExceptionally(e);
              }
            });
    return report;
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void anHttp2ClientGetsAGoAwayAndItsAnswer(boolean tls) throws Exception {
    var life = Lifecycle.open(root, Duration.ofMinutes(1), Duration.ofSeconds(20));
    TomcatUnderTest tomcat = start(life);
    int port = tomcat.port();
    try (Http2Client client =
        tls ? Http2Client.tls(tomcat.tlsPort(), certificate.client()) : Http2Client.plain(port)) {
      Http2Client.Stream stream = client.get("/");
      assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();
      CompletableFuture<ShutdownReport> report = shutDown(life);
      while (client.isOpen()) {
        assertThat(Thread.interrupted()).as("no GOAWAY comes").isFalse();
        Thread.onSpinWait();
      }
      awaitPaused(tomcat);
      leave.countDown();
      assertThat(stream.answer().status()).isEqualTo(200);
      assertThat(report.get(60, TimeUnit.SECONDS)).hasToString("1 finished, 0 cancelled, 0 stuck");
    }
  }

  @Test
  void anHttp1ClientGetsItsAnswerAndTheEndOfItsConnection() throws Exception {
    var life = Lifecycle.open(root, Duration.ofMinutes(1), Duration.ofSeconds(20));
    TomcatUnderTest tomcat = start(life);
    int port = tomcat.port();
    try (var socket = new Socket("127.0.0.1", port)) {
      socket.getOutputStream().write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(UTF_8));
      assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();
      CompletableFuture<ShutdownReport> report = shutDown(life);
      awaitPaused(tomcat);
      leave.countDown();
      assertThat(new String(socket.getInputStream().readAllBytes(), UTF_8))
          .startsWith("HTTP/1.1 200");
      assertThat(report.get(60, TimeUnit.SECONDS)).hasToString("1 finished, 0 cancelled, 0 stuck");
    }
  }

  @Test
  void anAnswerGoesOutWhoseEndpointHasReturned() throws Exception {
    var life = Lifecycle.open(root, Duration.ofMinutes(1), Duration.ofSeconds(20));
    TomcatUnderTest tomcat = start(life, filter -> new Late(filter, returned, leave));
    int port = tomcat.port();
    try (Http1Client client = Http1Client.plain(port)) {
      client.get("/quick");
      assertThat(returned.await(20, TimeUnit.SECONDS)).isTrue();
      CompletableFuture<ShutdownReport> report = shutDown(life);
      awaitPaused(tomcat);
      leave.countDown();
      assertThat(client.answer().status()).isEqualTo(200);
      assertThat(report.get(60, TimeUnit.SECONDS)).hasToString("0 finished, 0 cancelled, 0 stuck");
    }
  }

  /** Completes a response late, when its endpoint has returned. */
  private record Late(Filter filter, CountDownLatch returned, CountDownLatch leave)
      implements Filter {
    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
        throws IOException, ServletException {
      filter.doFilter(request, response, chain);
      returned.countDown();
      try {
        assertThat(leave.await(20, TimeUnit.SECONDS)).isTrue();
      } catch (InterruptedException e) {
        throw new ServletException(e);
      }
    }
  }

  private static void awaitPaused(TomcatUnderTest tomcat) {
    while (!tomcat.isPaused()) {
      assertThat(Thread.interrupted()).as("connections are still accepted").isFalse();
      Thread.onSpinWait();
    }
  }

  @Test
  void aSlowBodyDoesNotHoldUpAShutdown() throws Exception {
    var life = Lifecycle.open(root, Duration.ZERO, Duration.ofSeconds(20));
    TomcatUnderTest tomcat = start(life);
    try (Http1Client client = Http1Client.plain(tomcat.port())) {
      client.postHeader("/body", 1000);
      assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();
      CompletableFuture<ShutdownReport> report = shutDown(life);
      assertThat(client.answer().status()).isEqualTo(503);
      assertThat(report.get(60, TimeUnit.SECONDS)).hasToString("0 finished, 1 cancelled, 0 stuck");
    }
  }

  @Test
  void aSlowReaderDoesNotHoldUpAShutdown() throws Exception {
    var life = Lifecycle.open(root, Duration.ZERO, Duration.ofSeconds(20));
    TomcatUnderTest tomcat = start(life);
    try (Http1Client client = Http1Client.plain(tomcat.port())) {
      client.get("/large");
      assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();
      assertThat(shutDown(life).get(60, TimeUnit.SECONDS))
          .hasToString("0 finished, 1 cancelled, 0 stuck");
    }
  }
}
