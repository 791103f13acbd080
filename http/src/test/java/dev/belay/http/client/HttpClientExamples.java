package dev.belay.http.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.Context;
import dev.belay.ContextCancelledException;
import dev.belay.ContextEndedException;
import dev.belay.ContextKey;
import dev.belay.contracts.socket.FaultServer;
import dev.belay.http.ExchangeAbortedException;
import dev.belay.http.ExchangeAbortedException.Phase;
import dev.belay.http.GatewayTimeoutException;
import dev.belay.http.server.FailureStatus;
import dev.belay.http.server.RequestContexts;
import dev.belay.http.wire.RemainingTimeHeader;
import dev.belay.http.wire.RemainingTimeHeader.Form;
import dev.belay.http.wire.ValueHeader;
import dev.belay.http.wire.WireHeaders;
import dev.belay.testkit.Attempt;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The code of docs/guide/http-client.md, and that it does what the page says. */
class HttpClientExamples {
  private final Context root = Context.background();
  private final HttpClient jdk = client();
  private final ContextHttpClient http = ContextHttpClient.of(jdk);
  private FaultServer server;

  @BeforeEach
  void open() throws IOException {
    server = FaultServer.http1();
  }

  @AfterEach
  void close() throws Exception {
    jdk.shutdownNow();
    jdk.close();
    server.open.await(0);
    server.close();
  }

  private static HttpClient client() {
    // @start region=client
    HttpClient jdk = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
    // @end region=client
    return jdk;
  }

  // @start region=gateway
  String price(Context ctx, URI prices) throws IOException, InterruptedException {
    HttpResponse<String> response =
        http.send(ctx, HttpRequest.newBuilder(prices).build(), BodyHandlers.ofString());
    GatewayTimeoutException.throwIfTimedOut(response.statusCode(), prices);
    return response.body();
  }

  // @end region=gateway

  @Test
  void anotherServersTimeoutIsOneOfOurs() {
    assertThatThrownBy(() -> price(root, server.uri("/late")))
        .isInstanceOf(GatewayTimeoutException.class)
        .satisfies(e -> assertThat(FailureStatus.of(root, e)).isEqualTo(OptionalInt.of(504)));
  }

  // @start region=send
  String rate(Context ctx, URI rates) throws IOException, InterruptedException {
    try (var limited = ctx.withTimeout(Duration.ofSeconds(2))) {
      var request = HttpRequest.newBuilder(rates).build();
      return http.send(limited, request, BodyHandlers.ofString()).body();
    }
  }

  // @end region=send

  @Test
  void sends() throws Exception {
    assertThat(rate(root, server.uri("/ok"))).isEqualTo("ok");
  }

  // @start region=open
  long download(Context ctx, URI source, Path target) throws IOException, InterruptedException {
    var request = HttpRequest.newBuilder(source).build();
    try (InputStream body = http.open(ctx, request).body()) {
      return Files.copy(body, target);
    }
  }

  // @end region=open

  @Test
  void downloads(@TempDir Path folder) throws Exception {
    assertThat(download(root, server.uri("/big"), folder.resolve("big")))
        .isEqualTo(FaultServer.BIG);
  }

  // @start region=lines
  void follow(Context ctx, URI events, Consumer<String> reaction)
      throws IOException, InterruptedException {
    var request = HttpRequest.newBuilder(events).header("Accept", "text/event-stream").build();
    try (Stream<String> lines = http.openLines(ctx, request).body()) {
      lines
          .filter(line -> line.startsWith("data: "))
          .forEach(line -> reaction.accept(line.substring("data: ".length())));
    }
  }

  // @end region=lines

  @Test
  void follows() throws Exception {
    List<String> seen = new ArrayList<>();
    try (var ctx = root.withCancel()) {
      var attempt =
          Attempt.start(
              () -> {
                follow(
                    ctx,
                    server.uri("/events"),
                    event -> {
                      seen.add(event);
                      if (seen.size() == 3) {
                        ctx.cancel();
                      }
                    });
                return null;
              });
      attempt.thrown(ContextCancelledException.class);
    }
    assertThat(seen).contains(FaultServer.TEN);
    server.gone.await(1);
  }

  // @start region=publisher
  void relay(Context ctx, URI source, Flow.Subscriber<List<ByteBuffer>> sink)
      throws IOException, InterruptedException {
    var request = HttpRequest.newBuilder(source).build();
    http.openPublisher(ctx, request).body().subscribe(sink); // onError tells sink of the end
  }

  // @end region=publisher

  @Test
  void relays() throws Exception {
    var ended = new CompletableFuture<Throwable>();
    try (var ctx = root.withCancel()) {
      relay(
          ctx,
          server.uri("/trickle"),
          new Flow.Subscriber<>() {
            @Override
            public void onSubscribe(Flow.Subscription subscription) {
              subscription.request(Long.MAX_VALUE);
            }

            @Override
            public void onNext(List<ByteBuffer> item) {
              ctx.cancel();
            }

            @Override
            public void onError(Throwable throwable) {
              ended.complete(throwable);
            }

            @Override
            public void onComplete() {
              ended.complete(null);
            }
          });
      assertThat(ended.get()).isInstanceOf(ContextCancelledException.class);
    }
    server.gone.await(1);
  }

  // @start region=phase
  String explain(ContextEndedException ended) {
    return ended.getCause() instanceof ExchangeAbortedException aborted
        ? switch (aborted.phase()) {
          case CONNECTING -> "the other side was never reached";
          case AWAITING_HEADERS -> "it did not answer within " + aborted.elapsed();
          case READING_BODY -> "it had sent " + aborted.bytes() + " bytes when we gave up";
        }
        : "nothing was sent";
  }

  // @end region=phase

  @Test
  void explains() throws Exception {
    try (var ctx = root.withCancel()) {
      var attempt = Attempt.start(() -> rate(ctx, server.uri("/stall")));
      server.busy.await(1);
      ctx.cancel();
      var ended = attempt.thrown(ContextCancelledException.class);
      var aborted = (ExchangeAbortedException) ended.getCause();
      assertThat(explain(ended))
          .startsWith(aborted.phase() == Phase.READING_BODY ? "it had sent" : "it did not answer");
    }
    try (var ctx = root.withCancel()) {
      ctx.cancel();
      var attempt = Attempt.start(() -> rate(ctx, server.uri("/stall")));
      assertThat(explain(attempt.thrown(ContextCancelledException.class)))
          .isEqualTo("nothing was sent");
    }
    server.gone.await(1);
  }

  // @start region=headers
  static final ContextKey<String> TENANT =
      ContextKey.named("tenant", String.class).travelling(new PlainText());

  static final WireHeaders HEADERS =
      WireHeaders.DEFAULT
          .withRemainingTime(new RemainingTimeHeader("grpc-timeout", Form.GRPC))
          .with(new ValueHeader<>("X-Tenant", TENANT));

  final ContextHttpClient sending = http.withHeaders(HEADERS); // here
  final RequestContexts receiving = // and in the other process
      new RequestContexts(Duration.ofSeconds(10)).withHeaders(HEADERS);

  // @end region=headers

  private static final class PlainText implements ContextKey.Codec<String> {
    @Override
    public String encode(String value) {
      return value;
    }

    @Override
    public String decode(String text) {
      return text;
    }
  }

  @Test
  void headersCarryTheContext() {
    Map<String, String> fields = new HashMap<>();
    try (var ctx = root.withValue(TENANT, "acme").withTimeout(Duration.ofSeconds(5))) {
      HEADERS.write(ctx, fields::put);
    }
    assertThat(fields).containsOnlyKeys("grpc-timeout", "X-Tenant");
    try (var ctx = receiving.open(root, "GET /", fields::get)) {
      assertThat(ctx.get(TENANT)).isEqualTo("acme");
      assertThat(Duration.ofNanos(ctx.remainingNanos())).isLessThan(Duration.ofSeconds(6));
    }
    assertThat(sending).isNotSameAs(http);
  }
}
