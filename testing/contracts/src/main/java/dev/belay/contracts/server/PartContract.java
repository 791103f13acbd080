package dev.belay.contracts.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.belay.CancellableContext;
import dev.belay.contracts.Unsupported;
import dev.belay.contracts.socket.Certificate;
import dev.belay.contracts.socket.Http1Client;
import dev.belay.contracts.socket.Http2Client;
import dev.belay.lifecycle.Lifecycle;
import dev.belay.lifecycle.Part;
import dev.belay.lifecycle.ShutdownReport;
import dev.belay.spi.Roots;
import dev.belay.spi.TimeSource;
import dev.belay.testkit.LeakExtension;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A server as a part of a program that is shut down with requests in flight: those that end within
 * the grace are answered, and clients that are slow hold nothing up.
 */
@ExtendWith(LeakExtension.class)
public abstract class PartContract {
  private static final Duration DAY = Duration.ofDays(1);
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final int MORE_THAN_BUFFERS_HOLD = 64 << 20;

  private final Certificate certificate = Certificate.forLocalhost();
  private final CancellableContext root = Roots.open("server", TimeSource.system(), false);
  private final CountDownLatch begun = new CountDownLatch(1);
  private final CountDownLatch leave = new CountDownLatch(1);

  /** For subclasses. */
  protected PartContract() {}

  /**
   * Starts a server that runs {@code script} for each request. Its part stops it.
   *
   * @throws Exception if it does not start
   */
  protected abstract ServerUnderTest start(ServerSettings settings, ServerScript script)
      throws Exception;

  /** A server of {@link #start} as a part. */
  protected abstract Part part(ServerUnderTest server);

  /** Whether {@code server} accepts new connections, or did not yet stop to. */
  protected abstract boolean isAccepting(ServerUnderTest server);

  /** What the host cannot do, as for {@link ServerContract#unsupported}. */
  protected Set<ServerFeature> unsupported() {
    return Set.of();
  }

  private Lifecycle life(Duration grace) {
    return Lifecycle.open(root, grace, MINUTE);
  }

  private ServerUnderTest start(Lifecycle life) throws Exception {
    var settings = new ServerSettings(life.context(), certificate, DAY, true, DAY, DAY, false);
    ServerUnderTest server =
        start(settings, (ctx, exchange) -> life.work().run(ctx, c -> serve(exchange)));
    life.own("server", part(server));
    return server;
  }

  private void serve(ServerExchange exchange) throws Exception {
    begun.countDown();
    switch (exchange.path()) {
      case "/body" -> exchange.readBody();
      case "/large" -> exchange.write(true, new byte[MORE_THAN_BUFFERS_HOLD]);
      default -> await(leave);
    }
  }

  private static void await(CountDownLatch latch) throws InterruptedException {
    assertTrue(latch.await(MINUTE.toSeconds(), TimeUnit.SECONDS));
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

  private static void assertReport(String expected, CompletableFuture<ShutdownReport> report)
      throws Exception {
    assertEquals(expected, report.get(MINUTE.toSeconds(), TimeUnit.SECONDS).toString());
  }

  private void awaitClosed(ServerUnderTest server) {
    while (isAccepting(server)) {
      assertFalse(Thread.interrupted(), "connections are still accepted");
      Thread.onSpinWait();
    }
  }

  @Test
  void anHttp2ClientGetsAGoAwayAndItsAnswer() throws Exception {
    Unsupported.skip(this, unsupported(), ServerFeature.HTTP2);
    Lifecycle life = life(MINUTE);
    ServerUnderTest server = start(life);
    try (Http2Client client = Http2Client.plain(server.port())) {
      assertGoAwayAndAnswer(life, server, client);
    }
  }

  @Test
  void anHttp2ClientOverTlsGetsAGoAwayAndItsAnswer() throws Exception {
    Unsupported.skip(this, unsupported(), ServerFeature.HTTP2);
    Unsupported.skip(this, unsupported(), ServerFeature.TLS);
    Lifecycle life = life(MINUTE);
    ServerUnderTest server = start(life);
    try (Http2Client client = Http2Client.tls(server.tlsPort(), certificate.client())) {
      assertGoAwayAndAnswer(life, server, client);
    }
  }

  private void assertGoAwayAndAnswer(Lifecycle life, ServerUnderTest server, Http2Client client)
      throws Exception {
    Http2Client.Stream stream = client.get("/");
    await(begun);
    CompletableFuture<ShutdownReport> report = shutDown(life);
    while (client.isOpen()) {
      assertFalse(Thread.interrupted(), "no GOAWAY comes");
      Thread.onSpinWait();
    }
    awaitClosed(server);
    leave.countDown();
    assertEquals(200, stream.answer().status());
    assertReport("1 finished, 0 cancelled, 0 stuck", report);
  }

  @Test
  void anHttp1ClientGetsItsAnswerAndTheEndOfItsConnection() throws Exception {
    Lifecycle life = life(MINUTE);
    ServerUnderTest server = start(life);
    try (Http1Client client = Http1Client.plain(server.port())) {
      client.get("/");
      await(begun);
      CompletableFuture<ShutdownReport> report = shutDown(life);
      awaitClosed(server);
      leave.countDown();
      assertEquals(200, client.answer().status());
      client.awaitClosed();
      assertReport("1 finished, 0 cancelled, 0 stuck", report);
    }
  }

  @Test
  void aSlowBodyDoesNotHoldUpAShutdown() throws Exception {
    Lifecycle life = life(Duration.ZERO);
    ServerUnderTest server = start(life);
    try (Http1Client client = Http1Client.plain(server.port())) {
      client.postHeader("/body", 1000);
      await(begun);
      CompletableFuture<ShutdownReport> report = shutDown(life);
      assertEquals(503, client.answer().status());
      assertReport("0 finished, 1 cancelled, 0 stuck", report);
    }
  }

  @Test
  void aSlowReaderDoesNotHoldUpAShutdown() throws Exception {
    Lifecycle life = life(Duration.ZERO);
    ServerUnderTest server = start(life);
    try (Http1Client client = Http1Client.plain(server.port())) {
      client.get("/large");
      await(begun);
      assertReport("0 finished, 1 cancelled, 0 stuck", shutDown(life));
    }
  }
}
