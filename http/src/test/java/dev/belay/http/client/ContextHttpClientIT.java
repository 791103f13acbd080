package dev.belay.http.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.Context;
import dev.belay.ContextCancelledException;
import dev.belay.http.wire.RemainingTimeHeader;
import dev.belay.http.wire.RemainingTimeHeader.Form;
import java.io.IOException;
import java.net.ConnectException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ContextHttpClientIT {
  private final Context ctx = Context.background();
  private RawServer server;
  private HttpClient jdk;
  private ContextHttpClient client;

  @BeforeEach
  void open() throws IOException {
    server = new RawServer();
    jdk =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NORMAL)
            .build();
    client = ContextHttpClient.of(jdk);
  }

  @AfterEach
  void close() throws Exception {
    jdk.shutdownNow();
    server.open.await(0);
    server.close();
  }

  private HttpRequest get(String path) {
    return HttpRequest.newBuilder(server.uri(path)).build();
  }

  // ---- connecting and sending

  @Test
  void aStalledTlsHandshakeIsAborted() throws Exception {
    try (var silent = new SilentServer();
        var child = ctx.withCancel()) {
      var request = HttpRequest.newBuilder(silent.uri()).build();
      var trial = Trial.start(() -> client.open(child, request));
      silent.greeted.await(1);
      child.cancel();
      trial.thrown(ContextCancelledException.class);
      silent.open.await(0);
    }
  }

  @Test
  void aStalledUploadIsAborted() throws Exception {
    try (var child = ctx.withCancel()) {
      var upload =
          HttpRequest.newBuilder(server.uri("/deaf"))
              .POST(BodyPublishers.ofByteArray(new byte[16 << 20]))
              .build();
      var trial = Trial.start(() -> client.open(child, upload));
      server.requests.await(1);
      child.cancel();
      trial.thrown(ContextCancelledException.class);
      server.listen();
      server.gone.await(1);
    }
  }

  /** The moment between an interrupt and the end of its exchange, which no storm hits surely. */
  @Test
  void aResponseThatArrivesWhenNobodyWaitsForItIsClosed() throws Exception {
    Exchange.closeBody(
        jdk.sendAsync(get("/stall"), BodyHandlers.ofInputStream()).thenApply(HttpResponse::body));
    server.gone.await(1);
  }

  // ---- failures that are not the context's

  @Test
  void aRefusedConnectionIsThrownAsItIs() throws Exception {
    int port;
    try (var closed = new ServerSocket(0)) {
      port = closed.getLocalPort();
    }
    var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/")).build();
    assertThatThrownBy(() -> client.open(ctx, request)).isInstanceOf(ConnectException.class);
  }

  @Test
  void aBodyCutOffByTheServerIsThrownAsItIs() {
    try (var child = ctx.withCancel()) {
      assertThatThrownBy(() -> client.send(child, get("/cut"), BodyHandlers.ofString()))
          .isInstanceOf(IOException.class)
          .isNotInstanceOf(ExchangeAbortedException.class);
    }
  }

  @Test
  void theRequestsOwnTimeoutIsKept() {
    var request =
        HttpRequest.newBuilder(server.uri("/hang")).timeout(Duration.ofMillis(50)).build();
    assertThatThrownBy(() -> client.open(ctx, request)).isInstanceOf(HttpTimeoutException.class);
  }

  // ---- kinds of body

  @Test
  void aStringIsDecodedAsTheServerSays() throws Exception {
    assertThat(client.send(ctx, get("/latin"), BodyHandlers.ofString()).body()).isEqualTo("ä");
  }

  @Test
  void aBigBodyIsTakenIn(@TempDir Path folder) throws Exception {
    assertThat(client.send(ctx, get("/big"), BodyHandlers.ofByteArray()).body())
        .hasSize(TestServer.BIG);
    Path file = client.send(ctx, get("/big"), BodyHandlers.ofFile(folder.resolve("big"))).body();
    assertThat(Files.size(file)).isEqualTo(TestServer.BIG);
  }

  @Test
  void aFileThatCannotBeWrittenFailsTheCallAndEndsTheExchange(@TempDir Path folder) {
    var handler = BodyHandlers.ofFile(folder.resolve("no/such/folder"));
    assertThatThrownBy(() -> client.send(ctx, get("/stall"), handler)).hasMessageContaining("such");
  }

  static Stream<BodyHandler<?>> lazyHandlers() {
    return Stream.of(
        BodyHandlers.ofInputStream(), BodyHandlers.ofLines(), BodyHandlers.ofPublisher());
  }

  @ParameterizedTest
  @MethodSource("lazyHandlers")
  void aHandlerThatHandsOutAnUnreadBodyIsRefused(BodyHandler<?> handler) throws Exception {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> client.send(ctx, get("/stall"), handler))
        .withMessageContaining("use open");
    server.gone.await(1);
  }

  @Test
  void redirectsAreFollowed() throws Exception {
    var response = client.send(ctx, get("/moved"), BodyHandlers.ofString());
    assertThat(response.body()).isEqualTo("ok");
    assertThat(response.uri()).isEqualTo(server.uri("/ok"));
    assertThat(response.previousResponse().orElseThrow().statusCode()).isEqualTo(302);
  }

  /** A subscriber that tests drive. */
  private static final class Slow implements BodySubscriber<String> {
    final CompletableFuture<Flow.Subscription> subscribed = new CompletableFuture<>();
    final CompletableFuture<String> result = new CompletableFuture<>();
    final CountDownLatch fed = new CountDownLatch(1);
    volatile @Nullable Throwable failure;

    @Override
    public CompletionStage<String> getBody() {
      return result;
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
      subscribed.complete(subscription);
    }

    @Override
    public void onNext(List<ByteBuffer> item) {
      result.complete(UTF_8.decode(item.getFirst()).toString());
      fed.countDown();
    }

    @Override
    public void onError(Throwable throwable) {
      failure = throwable;
    }

    @Override
    public void onComplete() {}
  }

  @Nested
  class SlowSubscribers {
    private final Slow slow = new Slow();

    @Test
    void areFedWhenTheyAskAndStopWhenTheyHaveAResult() throws Exception {
      var trial = Trial.start(() -> client.send(ctx, get("/stall"), head -> slow).body());
      slow.subscribed.get().request(1);
      assertThat(trial.outcome()).isNull();
      assertThat(slow.result.get()).isEqualTo(TestServer.TEN);
      server.gone.await(1);
    }

    @Test
    void areToldOfTheContextsEnd() throws Exception {
      try (var child = ctx.withCancel()) {
        var trial = Trial.start(() -> client.send(child, get("/stall"), head -> slow));
        slow.subscribed.get();
        child.cancel();
        var ended = trial.thrown(ContextCancelledException.class);
        assertThat(slow.failure).isSameAs(ended);
      }
      server.gone.await(1);
    }

    @Test
    void areRefusedWhenTheyAskForNothing() throws Exception {
      var trial = Trial.start(() -> client.send(ctx, get("/stall"), head -> slow));
      slow.subscribed.get().request(0);
      trial.thrown(IllegalArgumentException.class);
      server.gone.await(1);
    }
  }

  @Test
  void aHandlerThatThrowsEndsTheExchange() throws Exception {
    assertThatThrownBy(
            () ->
                client.send(
                    ctx,
                    get("/stall"),
                    head -> {
                      throw new IllegalStateException("status " + head.statusCode());
                    }))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("status 200");
    server.gone.await(1);
  }

  @Test
  void aMappingThatThrowsFailsTheCall() {
    BodyHandler<Integer> handler =
        head -> BodySubscribers.mapping(BodySubscribers.ofString(UTF_8), Integer::valueOf);
    assertThatThrownBy(() -> client.send(ctx, get("/ok"), handler))
        .isInstanceOf(NumberFormatException.class);
  }

  // ---- the remaining time

  private String field(ContextHttpClient sender, HttpRequest request) throws Exception {
    try (var child = ctx.withTimeout(Duration.ofHours(1))) {
      return sender.send(child, request, BodyHandlers.ofString()).body();
    }
  }

  @Test
  void withoutDeadlineNoTimeIsSent() throws Exception {
    assertThat(client.send(ctx, get("/field"), BodyHandlers.ofString()).body()).isEqualTo("none");
  }

  @Test
  void theTimeIsNotSentOnRequest() throws Exception {
    assertThat(field(client.withoutRemainingTime(), get("/field"))).isEqualTo("none");
  }

  @Test
  void theTimeIsSentInAnotherHeader() throws Exception {
    var grpc = new RemainingTimeHeader("belay-timeout-ms", Form.GRPC);
    assertThat(field(client.withRemainingTime(grpc), get("/field"))).endsWith("m");
  }

  @Test
  void aStaleTimeIsReplaced() throws Exception {
    var request =
        HttpRequest.newBuilder(server.uri("/field")).header("Belay-Timeout-Ms", "stale").build();
    assertThat(field(client, request)).containsOnlyDigits();
  }
}
