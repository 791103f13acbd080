package dev.belay.apachehttp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.Context;
import dev.belay.ContextCancelledException;
import dev.belay.contracts.socket.FaultServer;
import dev.belay.http.ExchangeAbortedException;
import dev.belay.http.ExchangeAbortedException.Phase;
import dev.belay.http.wire.Trace;
import dev.belay.http.wire.WireHeaders;
import dev.belay.testkit.Attempt;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.apache.hc.client5.http.ClientProtocolException;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.impl.InMemoryDnsResolver;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ContextApacheHttpClientIT {
  private final Context root = Context.background();
  private final CompletableFuture<Context> seen = new CompletableFuture<>();
  private FaultServer server;
  private CloseableHttpClient apache;
  private ContextApacheHttpClient client;

  /** With one connection. */
  @BeforeEach
  void open() throws IOException {
    server = FaultServer.http1();
    apache =
        HttpClients.custom()
            .setConnectionManager(
                PoolingHttpClientConnectionManagerBuilder.create().setMaxConnTotal(1).build())
            .addRequestInterceptorFirst((request, entity, ctx) -> seen.complete(Context.current()))
            .build();
    client = ContextApacheHttpClient.of(apache);
  }

  @AfterEach
  void close() throws Exception {
    apache.close();
    server.open.await(0);
    server.close();
  }

  private HttpGet get(String path) {
    return new HttpGet(server.uri(path));
  }

  private static String text(ClassicHttpResponse response) throws IOException, HttpException {
    return EntityUtils.toString(response.getEntity());
  }

  @Test
  void aHandlerGetsTheWholeBodyAndTheConnectionIsUsedAgain() throws Exception {
    assertThat(client.<String>execute(root, get("/latin"), response -> text(response)))
        .isEqualTo("ä");
    assertThat(client.<Integer>execute(root, get("/ok"), response -> response.getCode()))
        .isEqualTo(200);
    assertThat(client.<String>execute(root, get("/ok"), response -> text(response)))
        .isEqualTo("ok");
    assertThat(server.connections.value()).isEqualTo(1);
  }

  @Test
  void aHandlerEndsWithItsContext() throws Exception {
    var reading = new CountDownLatch(1);
    try (var ctx = root.withCancel()) {
      var attempt =
          Attempt.start(
              () ->
                  client.<String>execute(
                      ctx,
                      get("/stall"),
                      response -> {
                        reading.countDown();
                        return text(response);
                      }));
      reading.await();
      ctx.cancel();
      attempt.thrown(ContextCancelledException.class);
    }
    server.gone.await(1);
  }

  @Test
  void aHandlerThatFailsEndsTheExchange() throws Exception {
    assertThatThrownBy(
            () ->
                client.execute(
                    root,
                    get("/stall"),
                    response -> {
                      throw new HttpException("status " + response.getCode());
                    }))
        .isInstanceOf(ClientProtocolException.class)
        .hasMessageContaining("status 200");
    server.gone.await(1);
  }

  @Test
  void anEntityWritesItself() throws Exception {
    var out = new ByteArrayOutputStream();
    try (ClassicHttpResponse response = client.open(root, get("/ok"))) {
      response.getEntity().writeTo(out);
    }
    assertThat(out).hasToString("ok");
  }

  @Test
  void theWaitForAConnectionOfThePoolEnds() throws Exception {
    try (ClassicHttpResponse held = client.open(root, get("/stall"));
        var ctx = root.withCancel()) {
      assertThat(held.getCode()).isEqualTo(200);
      var attempt = Attempt.start(() -> client.open(ctx, get("/ok")));
      attempt.awaitBlocked();
      ctx.cancel();
      assertThat(attempt.thrown(ContextCancelledException.class).getCause())
          .isInstanceOfSatisfying(
              ExchangeAbortedException.class,
              aborted -> assertThat(aborted.phase()).isEqualTo(Phase.CONNECTING));
    }
    server.gone.await(1);
    assertThat(server.requests.value()).isEqualTo(1);
  }

  /** Apache's client, left alone, connects then, and never closes the connection. */
  @Test
  void anAbortWhileTheNameIsResolvedLeavesNoConnection() throws Exception {
    var resolving = new CountDownLatch(1);
    var over = new CompletableFuture<Void>();
    var resolver =
        new InMemoryDnsResolver() {
          @Override
          public InetAddress[] resolve(String host) {
            resolving.countDown();
            over.join(); // whatever interrupts it
            return new InetAddress[] {InetAddress.getLoopbackAddress()};
          }
        };
    var connections = PoolingHttpClientConnectionManagerBuilder.create().setDnsResolver(resolver);
    try (var slow = HttpClients.custom().setConnectionManager(connections.build()).build();
        var ctx = root.withCancel()) {
      var request = new HttpGet("http://shop.example:" + server.uri("/ok").getPort() + "/ok");
      var attempt = Attempt.start(() -> ContextApacheHttpClient.of(slow).open(ctx, request));
      resolving.await();
      ctx.cancel();
      attempt.thrown(ContextCancelledException.class);
      over.complete(null);
      server.connections.await(1);
      server.open.await(0);
    }
  }

  @Test
  void aRequestCanBeSentAgainAfterItWasAborted() throws Exception {
    HttpGet request = get("/ok");
    try (var ctx = root.withCancel()) {
      ClassicHttpResponse response = client.open(ctx, request);
      ctx.cancel();
      response.close();
    }
    assertThat(request.isCancelled()).isFalse();
    assertThat(client.<String>execute(root, request, response -> text(response))).isEqualTo("ok");
  }

  @Test
  void interceptorsFindTheContext() throws Exception {
    Trace trace = Trace.start();
    Context ctx = root.withValue(Trace.KEY, trace);
    client.open(ctx, get("/ok")).close();
    assertThat(seen.get().get(Trace.KEY)).isSameAs(trace);
  }

  @Test
  void nothingIsSentOnRequest() throws Exception {
    var silent = client.withHeaders(WireHeaders.NONE);
    try (var ctx = root.withTimeout(Duration.ofHours(1))) {
      assertThat(silent.<String>execute(ctx, get("/field"), response -> text(response)))
          .isEqualTo("none");
    }
  }
}
