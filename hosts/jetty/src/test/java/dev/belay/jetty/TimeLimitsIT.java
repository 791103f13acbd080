package dev.belay.jetty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.CancellableContext;
import dev.belay.contracts.server.ServerScript;
import dev.belay.contracts.server.ServerSettings;
import dev.belay.contracts.socket.Answer;
import dev.belay.contracts.socket.Certificate;
import dev.belay.contracts.socket.Http1Client;
import dev.belay.contracts.socket.Http2Client;
import dev.belay.contracts.socket.HttpClientByHand;
import dev.belay.http.server.BodyTimeoutException;
import dev.belay.http.server.RequestContexts;
import dev.belay.http.server.RequestLimits;
import dev.belay.http.server.WriteTimeoutException;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Clients that take too long over a body or a response, over every protocol. */
class TimeLimitsIT {
  private static final Duration DAY = Duration.ofDays(1);
  private static final Duration SHORT = Duration.ofMillis(200);
  private static final int MORE_THAN_BUFFERS_HOLD = 64 << 20;

  /**
   * What the request's context ended with; null if it was active when the endpoint had returned.
   */
  private final CompletableFuture<Throwable> cause = new CompletableFuture<>();

  private final Certificate certificate = Certificate.forLocalhost();
  private CancellableContext root;
  private JettyUnderTest jetty;
  private HttpClientByHand client;

  enum Protocol {
    HTTP_1,
    TLS,
    HTTP_2,
    HTTP_2_TLS
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
    jetty.stop();
  }

  private ServerSettings settings(Duration idle) {
    return new ServerSettings(root, certificate, DAY, true, idle, DAY, false);
  }

  private ContextHandler handler(RequestLimits limits, ServerScript script) {
    return JettyUnderTest.handler(
            settings(DAY),
            (ctx, exchange) -> {
              try {
                script.run(ctx, exchange);
              } finally {
                cause.complete(ctx.cause());
              }
            })
        .withLimits(limits);
  }

  private void start(Duration idle, Handler handler) throws Exception {
    jetty = JettyUnderTest.start(settings(idle), handler);
  }

  /** Begins a body of 1,000 bytes, and sends one more whenever it is called. */
  private Body post(Protocol protocol, String path) throws IOException {
    return switch (protocol) {
      case HTTP_1, TLS -> {
        Http1Client http1 = http1(protocol);
        http1.postHeader(path, 1000);
        yield new Body(bytes -> http1.send(bytes), http1::answer);
      }
      case HTTP_2, HTTP_2_TLS -> {
        Http2Client.Stream stream = http2(protocol).postHeader(path);
        yield new Body(bytes -> stream.data(bytes, false), stream);
      }
    };
  }

  private Http1Client http1(Protocol protocol) throws IOException {
    var http1 =
        protocol == Protocol.TLS
            ? Http1Client.tls(jetty.tlsPort(), certificate.client())
            : Http1Client.plain(jetty.port());
    client = http1;
    return http1;
  }

  private Http2Client http2(Protocol protocol) throws IOException {
    var http2 =
        protocol == Protocol.HTTP_2_TLS
            ? Http2Client.tls(jetty.tlsPort(), certificate.client())
            : Http2Client.plain(jetty.port());
    client = http2;
    return http2;
  }

  private interface Sender {
    void send(byte[] bytes) throws Exception;
  }

  private record Body(Sender sender, HttpClientByHand.Pending pending) {

    /** Sends a byte every now and then until the answer is there. */
    Answer answerWhileDripping() throws Exception {
      var answered = new CountDownLatch(1);
      Thread dripping =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      while (!answered.await(10, TimeUnit.MILLISECONDS)) {
                        sender.send(new byte[] {'b'});
                      }
                    } catch (Exception e) {
                      // The server has closed the connection or reset the stream.
                    }
                  });
      try {
        return pending.answer();
      } finally {
        answered.countDown();
        dripping.join();
      }
    }
  }

  // ---- the body

  @ParameterizedTest
  @EnumSource
  void aBodyThatDripsIsAnsweredWith408(Protocol protocol) throws Exception {
    start(DAY, handler(new RequestLimits(SHORT, DAY), (ctx, exchange) -> exchange.readBody()));
    Answer answer = post(protocol, "/").answerWhileDripping();
    assertThat(answer.status()).isEqualTo(408);
    assertThat(answer.body()).contains("the request did not come in time");
    assertThat(cause.get(20, TimeUnit.SECONDS)).isInstanceOf(BodyTimeoutException.class);
  }

  @ParameterizedTest
  @EnumSource
  void aBodyThatNeverComesIsAnsweredWith408(Protocol protocol) throws Exception {
    start(DAY, handler(new RequestLimits(SHORT, DAY), (ctx, exchange) -> exchange.readBody()));
    assertThat(post(protocol, "/").pending().answer().status()).isEqualTo(408);
    assertThat(cause.get(20, TimeUnit.SECONDS)).isInstanceOf(BodyTimeoutException.class);
  }

  @ParameterizedTest
  @EnumSource(names = {"HTTP_1", "TLS"})
  void aBodyThatStopsIsAnsweredWith408AtTheIdleLimit(Protocol protocol) throws Exception {
    start(SHORT, handler(new RequestLimits(DAY, DAY), (ctx, exchange) -> exchange.readBody()));
    assertThat(post(protocol, "/").pending().answer().status()).isEqualTo(408);
    assertThat(cause.get(20, TimeUnit.SECONDS))
        .isInstanceOf(BodyTimeoutException.class)
        .hasMessage("the body was not sent on before the idle limit");
  }

  @Test
  void eachRouteMayHaveItsOwnLimits() throws Exception {
    ServerScript reading = (ctx, exchange) -> exchange.readBody();
    ContextHandler orders = handler(new RequestLimits(DAY, DAY), reading);
    ContextHandler uploads = handler(new RequestLimits(DAY, DAY), reading);
    // @start region=routes
    var routes = new PathMappingsHandler();
    routes.addMapping(PathSpec.from("/orders"), orders.withLimits(new RequestLimits(SHORT, DAY)));
    routes.addMapping(PathSpec.from("/upload"), uploads.withLimits(new RequestLimits(DAY, DAY)));
    // @end region=routes
    start(DAY, routes);
    Body upload = post(Protocol.HTTP_1, "/upload");
    HttpClientByHand uploading = client;
    assertThat(post(Protocol.HTTP_1, "/orders").answerWhileDripping().status()).isEqualTo(408);
    upload.sender().send(new byte[1000]);
    assertThat(upload.pending().answer().status()).isEqualTo(200);
    uploading.close();
  }

  // ---- the response

  @ParameterizedTest
  @EnumSource
  void aResponseThatIsNotReadIsCutOff(Protocol protocol) throws Exception {
    start(
        DAY,
        handler(
            new RequestLimits(DAY, SHORT),
            (ctx, exchange) -> exchange.write(true, new byte[MORE_THAN_BUFFERS_HOLD])));
    HttpClientByHand.Pending unread =
        switch (protocol) {
          case HTTP_1, TLS -> http1(protocol).get("/");
          case HTTP_2, HTTP_2_TLS -> http2(protocol).getUnread("/");
        };
    assertThat(cause.get(20, TimeUnit.SECONDS)).isInstanceOf(WriteTimeoutException.class);
    assertThatThrownBy(unread::answer).as("never complete").isInstanceOf(IOException.class);
  }

  @Test
  void alsoAfterTheEndpointHasReturned() throws Exception {
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
    HttpClientByHand.Pending unread = http1(Protocol.HTTP_1).get("/");
    assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();
    jetty.awaitNoConnection();
    assertThatThrownBy(unread::answer).isInstanceOf(IOException.class);
  }
}
