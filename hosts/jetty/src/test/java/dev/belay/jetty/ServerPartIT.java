package dev.belay.jetty;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.CancellableContext;
import dev.belay.contracts.server.ServerSettings;
import dev.belay.contracts.socket.Certificate;
import dev.belay.contracts.socket.Http1Client;
import dev.belay.contracts.socket.Http2Client;
import dev.belay.lifecycle.Lifecycle;
import dev.belay.lifecycle.ShutdownReport;
import dev.belay.spi.Roots;
import dev.belay.spi.TimeSource;
import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
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

  private JettyUnderTest start(Lifecycle life) throws Exception {
    return start(life, handler -> handler);
  }

  private JettyUnderTest start(Lifecycle life, UnaryOperator<Handler> around) throws Exception {
    var settings = new ServerSettings(life.context(), certificate, DAY, true, DAY, DAY, false);
    var handler =
        JettyUnderTest.handler(
            settings,
            (ctx, exchange) ->
                life.work()
                    .run(
                        ctx,
                        c -> {
                          if (exchange.path().equals("/quick")) {
                            return;
                          }
                          begun.countDown();
                          if (exchange.path().equals("/body")) {
                            exchange.readBody();
                          } else if (exchange.path().equals("/large")) {
                            exchange.write(true, new byte[64 << 20]);
                          } else {
                            assertThat(leave.await(20, TimeUnit.SECONDS)).isTrue();
                          }
                        }));
    JettyUnderTest jetty = JettyUnderTest.start(settings, around.apply(handler));
    life.own("server", jetty.part());
    return jetty;
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
    JettyUnderTest jetty = start(life);
    int port = jetty.port();
    try (Http2Client client =
        tls ? Http2Client.tls(jetty.tlsPort(), certificate.client()) : Http2Client.plain(port)) {
      Http2Client.Stream stream = client.get("/");
      assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();
      CompletableFuture<ShutdownReport> report = shutDown(life);
      while (client.isOpen()) {
        assertThat(Thread.interrupted()).as("no GOAWAY comes").isFalse();
        Thread.onSpinWait();
      }
      awaitRefused(port);
      leave.countDown();
      assertThat(stream.answer().status()).isEqualTo(200);
      assertThat(report.get(60, TimeUnit.SECONDS)).hasToString("1 finished, 0 cancelled, 0 stuck");
    }
  }

  @Test
  void anHttp1ClientGetsItsAnswerAndTheEndOfItsConnection() throws Exception {
    var life = Lifecycle.open(root, Duration.ofMinutes(1), Duration.ofSeconds(20));
    JettyUnderTest jetty = start(life);
    int port = jetty.port();
    try (var socket = new Socket("127.0.0.1", port)) {
      socket.getOutputStream().write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(UTF_8));
      assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();
      CompletableFuture<ShutdownReport> report = shutDown(life);
      awaitRefused(port);
      leave.countDown();
      assertThat(new String(socket.getInputStream().readAllBytes(), UTF_8))
          .startsWith("HTTP/1.1 200 OK\r\n")
          .contains("Connection: close\r\n");
      assertThat(report.get(60, TimeUnit.SECONDS)).hasToString("1 finished, 0 cancelled, 0 stuck");
    }
  }

  @Test
  void anIdleConnectionIsClosedWhileAnotherIsAnswered() throws Exception {
    var life = Lifecycle.open(root, Duration.ofMinutes(1), Duration.ofSeconds(20));
    JettyUnderTest jetty = start(life);
    try (Http1Client idle = Http1Client.plain(jetty.port());
        Http1Client busy = Http1Client.plain(jetty.port())) {
      idle.get("/quick");
      assertThat(idle.answer().status()).isEqualTo(200);
      busy.get("/");
      assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();
      CompletableFuture<ShutdownReport> report = shutDown(life);
      idle.awaitClosed();
      leave.countDown();
      assertThat(busy.answer().status()).isEqualTo(200);
      assertThat(report.get(60, TimeUnit.SECONDS)).hasToString("1 finished, 0 cancelled, 0 stuck");
    }
  }

  @Test
  void anAnswerGoesOutWhoseEndpointHasReturned() throws Exception {
    var life = Lifecycle.open(root, Duration.ofMinutes(1), Duration.ofSeconds(20));
    JettyUnderTest jetty = start(life, handler -> new Late(handler, returned, leave));
    int port = jetty.port();
    try (Http1Client client = Http1Client.plain(port)) {
      client.get("/quick");
      assertThat(returned.await(20, TimeUnit.SECONDS)).isTrue();
      CompletableFuture<ShutdownReport> report = shutDown(life);
      awaitRefused(port);
      leave.countDown();
      assertThat(client.answer().status()).isEqualTo(200);
      assertThat(report.get(60, TimeUnit.SECONDS)).hasToString("0 finished, 0 cancelled, 0 stuck");
    }
  }

  /** Completes a response late, when its endpoint has returned. */
  private static final class Late extends Handler.Wrapper {
    private final CountDownLatch returned;
    private final CountDownLatch leave;

    Late(Handler handler, CountDownLatch returned, CountDownLatch leave) {
      super(handler);
      this.returned = returned;
      this.leave = leave;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
      return super.handle(
          request, response, Callback.from(() -> complete(callback), callback::failed));
    }

    private void complete(Callback callback) {
      returned.countDown();
      try {
        assertThat(leave.await(20, TimeUnit.SECONDS)).isTrue();
      } catch (InterruptedException e) {
        callback.failed(e);
      }
      callback.succeeded();
    }
  }

  /** The socket is closed by the thread that accepts, once it has woken. */
  private static void awaitRefused(int port) throws IOException {
    while (true) {
      assertThat(Thread.interrupted()).as("connections are still accepted").isFalse();
      try (Http1Client accepted = Http1Client.plain(port)) {
        accepted.cut();
      } catch (ConnectException e) {
        return;
      }
    }
  }

  @Test
  void aSlowBodyDoesNotHoldUpAShutdown() throws Exception {
    var life = Lifecycle.open(root, Duration.ZERO, Duration.ofSeconds(20));
    JettyUnderTest jetty = start(life);
    try (Http1Client client = Http1Client.plain(jetty.port())) {
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
    JettyUnderTest jetty = start(life);
    try (Http1Client client = Http1Client.plain(jetty.port())) {
      client.get("/large");
      assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();
      assertThat(shutDown(life).get(60, TimeUnit.SECONDS))
          .hasToString("0 finished, 1 cancelled, 0 stuck");
    }
  }
}
