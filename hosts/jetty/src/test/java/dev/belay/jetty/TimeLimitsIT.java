package dev.belay.jetty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.CancellableContext;
import dev.belay.contracts.server.ServerScript;
import dev.belay.contracts.server.ServerSettings;
import dev.belay.contracts.server.ServerUnderTest;
import dev.belay.contracts.server.TimeLimitContract;
import dev.belay.contracts.socket.Certificate;
import dev.belay.contracts.socket.Http1Client;
import dev.belay.http.server.RequestContexts;
import dev.belay.http.server.RequestLimits;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.pathmap.PathSpec;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.handler.PathMappingsHandler;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Jetty's clients have so much time for a body and for a response. */
class TimeLimitsIT extends TimeLimitContract {
  private static final Duration DAY = Duration.ofDays(1);
  private static final Duration SHORT = Duration.ofMillis(200);

  private static final int MORE_THAN_BUFFERS_HOLD = 64 << 20;

  /** What the context of a request had ended with when its endpoint returned. */
  private final CompletableFuture<Throwable> cause = new CompletableFuture<>();

  private final Certificate certificate = Certificate.forLocalhost();
  private CancellableContext root;
  private JettyUnderTest jetty;
  private Http1Client client;

  @Override
  protected ServerUnderTest start(
      ServerSettings settings, Duration body, Duration response, ServerScript script)
      throws Exception {
    return JettyUnderTest.start(
        settings,
        JettyUnderTest.handler(settings, script).withLimits(new RequestLimits(body, response)));
  }

  @BeforeEach
  void take(CancellableContext root) {
    this.root = root;
  }

  @AfterEach
  void stop() throws Exception {
    if (client != null) {
      client.close();
    }
    if (jetty != null) {
      jetty.stop();
    }
  }

  private ServerSettings settings(Duration idle) {
    return new ServerSettings(root, certificate, DAY, true, idle, DAY, false);
  }

  private ContextHandler reading() {
    return JettyUnderTest.handler(
            settings(DAY),
            (ctx, exchange) -> {
              try {
                exchange.readBody();
              } finally {
                cause.complete(ctx.cause());
              }
            })
        .withLimits(new RequestLimits(DAY, DAY));
  }

  private void start(Duration idle, Handler handler) throws Exception {
    jetty = JettyUnderTest.start(settings(idle), handler);
  }

  private Http1Client connect(boolean tls) throws IOException {
    client =
        tls
            ? Http1Client.tls(jetty.tlsPort(), certificate.client())
            : Http1Client.plain(jetty.port());
    return client;
  }

  @Test
  void eachRouteMayHaveItsOwnLimits() throws Exception {
    ContextHandler orders = reading();
    ContextHandler uploads = reading();
    // @start region=routes
    // The limits of the body and of the response:
    var routes = new PathMappingsHandler();
    routes.addMapping(PathSpec.from("/orders"), orders.withLimits(new RequestLimits(SHORT, DAY)));
    routes.addMapping(PathSpec.from("/upload"), uploads.withLimits(new RequestLimits(DAY, DAY)));
    // @end region=routes
    start(DAY, routes);
    try (Http1Client uploading = Http1Client.plain(jetty.port())) {
      uploading.postHeader("/upload", 1000);
      connect(false).postHeader("/orders", 1000);
      assertThat(client.answer().status()).isEqualTo(408);
      uploading.send(new byte[1000]);
      assertThat(uploading.answer().status()).isEqualTo(200);
    }
  }

  @Test
  void aResponseIsCutOffAlsoAfterTheEndpointHasReturned() throws Exception {
    var begun = new CountDownLatch(1);
    var endpoint =
        new ContextHandler(
            root,
            new RequestContexts(DAY),
            (ctx, request, response) -> {
              response.write(true, ByteBuffer.allocate(MORE_THAN_BUFFERS_HOLD), Callback.NOOP);
              begun.countDown();
            });
    start(DAY, endpoint.withLimits(new RequestLimits(DAY, SHORT)));
    connect(false).get("/");
    assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();
    jetty.awaitNoConnection();
    assertThatThrownBy(client::answer).isInstanceOf(IOException.class);
  }
}
