package dev.belay.http.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.belay.Context;
import dev.belay.ContextCancelledException;
import dev.belay.contracts.socket.FaultServer;
import dev.belay.http.ExchangeAbortedException;
import dev.belay.http.ExchangeAbortedException.Phase;
import dev.belay.http.wire.RemainingTimeHeader;
import dev.belay.http.wire.RemainingTimeHeader.Form;
import dev.belay.http.wire.WireHeaders;
import dev.belay.spi.LiveThread;
import dev.belay.spi.TreeInspector;
import dev.belay.testkit.Attempt;
import dev.belay.testkit.faults.StalledServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
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
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
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
  private FaultServer server;
  private HttpClient jdk;
  private ContextHttpClient client;

  @BeforeEach
  void open() throws IOException {
    server = FaultServer.http1();
    jdk = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    client = ContextHttpClient.of(jdk);
  }

  @AfterEach
  void close() throws Exception {
    jdk.shutdownNow();
    jdk.close();
    server.open.await(0);
    server.close();
  }

  private HttpRequest get(String path) {
    return HttpRequest.newBuilder(server.uri(path)).build();
  }

  // ---- sending and taking in the body

  @Test
  void theWholeBodyIsTakenIn() throws Exception {
    var response = client.send(ctx, get("/ok"), BodyHandlers.ofString());
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).isEqualTo("ok");
  }

  @Test
  void anEndWhileTheBodyIsTakenInAbortsTheExchange() throws Exception {
    var reading = new CountDownLatch(1);
    var handler = BodyHandlers.ofByteArrayConsumer(piece -> reading.countDown());
    try (var child = ctx.withCancel()) {
      var attempt = Attempt.start(() -> client.send(child, get("/trickle"), handler));
      reading.await();
      child.cancel();
      assertAborted(attempt.thrown(ContextCancelledException.class), Phase.READING_BODY, 10);
    }
    server.gone.await(1);
  }

  @Test
  void anEndBeforeTheHeadersSaysSo() throws Exception {
    try (var child = ctx.withCancel()) {
      var attempt = Attempt.start(() -> client.send(child, get("/hang"), BodyHandlers.ofString()));
      server.busy.await(1);
      child.cancel();
      assertAborted(attempt.thrown(ContextCancelledException.class), Phase.AWAITING_HEADERS, 0);
    }
    server.gone.await(1);
  }

  private static void assertAborted(Throwable ended, Phase phase, long atLeastBytes) {
    assertThat(ended).hasCauseInstanceOf(ExchangeAbortedException.class);
    var aborted = (ExchangeAbortedException) ended.getCause();
    assertThat(aborted.phase()).isEqualTo(phase);
    assertThat(aborted.bytes()).isGreaterThanOrEqualTo(atLeastBytes);
  }

  @Test
  void anInterruptWhileTheBodyIsTakenInAbortsTheExchange() throws Exception {
    var reading = new CountDownLatch(2);
    var handler = BodyHandlers.ofByteArrayConsumer(piece -> reading.countDown());
    var virtual = Attempt.start(() -> client.send(ctx, get("/stall"), handler));
    var platform = Attempt.startOnPlatformThread(() -> client.send(ctx, get("/stall"), handler));
    reading.await();
    virtual.interrupt();
    platform.interrupt();
    virtual.thrown(InterruptedException.class);
    platform.thrown(InterruptedException.class);
    server.gone.await(2);
  }

  /** The moment between an interrupt and the end of its exchange, which no storm hits surely. */
  @Test
  void aResponseThatArrivesWhenNobodyWaitsForItIsClosed() throws Exception {
    JdkExchange.closeBody(
        jdk.sendAsync(get("/stall"), BodyHandlers.ofInputStream()).thenApply(HttpResponse::body));
    server.gone.await(1);
  }

  // ---- failures that are not the context's

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
        .hasSize(FaultServer.BIG);
    Path file = client.send(ctx, get("/big"), BodyHandlers.ofFile(folder.resolve("big"))).body();
    assertThat(Files.size(file)).isEqualTo(FaultServer.BIG);
  }

  @Test
  void aFileThatCannotBeWrittenFailsTheCallAndEndsTheExchange(@TempDir Path folder) {
    var handler = BodyHandlers.ofFile(folder.resolve("no/such/folder"));
    assertThatThrownBy(() -> client.send(ctx, get("/stall"), handler)).hasMessageContaining("such");
  }

  // ---- bodies that are read later

  @Test
  void linesAreReadAsTheyCome() throws Exception {
    try (Stream<String> lines = client.openLines(ctx, get("/events")).body()) {
      assertThat(lines.limit(4))
          .containsExactly("data: " + FaultServer.TEN, "", "data: " + FaultServer.TEN, "");
    }
    server.gone.await(1);
    assertThat(client.openLines(ctx, get("/latin")).body()).containsExactly("ä");
    assertThat(client.openLines(ctx, get("/ok")).body()).containsExactly("ok");
  }

  @Test
  void linesEndWithTheirContext() throws Exception {
    var reading = new CountDownLatch(3);
    try (var child = ctx.withCancel()) {
      var attempt =
          Attempt.start(
              () -> {
                try (Stream<String> lines = client.openLines(child, get("/events")).body()) {
                  lines.forEach(line -> reading.countDown());
                }
                return null;
              });
      reading.await();
      child.cancel();
      assertAborted(attempt.thrown(ContextCancelledException.class), Phase.READING_BODY, 10);
    }
    server.gone.await(1);
  }

  /** The lock of a reader would keep the one who closes waiting for the next line. */
  @Test
  void linesThatStallCanBeClosed() throws Exception {
    Stream<String> lines = client.openLines(ctx, get("/stall")).body();
    var attempt = Attempt.start(lines::count);
    attempt.awaitBlocked();
    lines.close();
    attempt.thrown(UncheckedIOException.class);
    server.gone.await(1);
  }

  @Nested
  class Publishers {
    private final Subscriber reader = new Subscriber();

    /** What a subscriber was told. */
    private static final class Subscriber implements Flow.Subscriber<List<ByteBuffer>> {
      final CompletableFuture<Flow.Subscription> subscribed = new CompletableFuture<>();
      final BlockingQueue<String> pieces = new LinkedBlockingQueue<>();
      final CompletableFuture<@Nullable Throwable> ended = new CompletableFuture<>();

      @Override
      public void onSubscribe(Flow.Subscription subscription) {
        subscribed.complete(subscription);
      }

      @Override
      public void onNext(List<ByteBuffer> item) {
        item.forEach(piece -> pieces.add(UTF_8.decode(piece).toString()));
      }

      @Override
      public void onError(Throwable throwable) {
        ended.complete(throwable);
      }

      @Override
      public void onComplete() {
        ended.complete(null);
      }
    }

    @Test
    void giveTheBodyAsItIsAskedFor() throws Exception {
      client.openPublisher(ctx, get("/ok")).body().subscribe(reader);
      assertThat(reader.pieces).isEmpty();
      reader.subscribed.get().request(Long.MAX_VALUE);
      assertThat(reader.ended.get()).isNull();
      assertThat(reader.pieces).containsExactly("ok");
    }

    @Test
    void endWithTheirContextWhileTheBodyStalls() throws Exception {
      endWithTheirContext(2);
    }

    @Test
    void endWithTheirContextWhileNothingIsAskedFor() throws Exception {
      endWithTheirContext(1);
    }

    private void endWithTheirContext(int asked) throws Exception {
      try (var child = ctx.withCancel()) {
        client.openPublisher(child, get("/stall")).body().subscribe(reader);
        reader.subscribed.get().request(asked);
        assertThat(reader.pieces.take()).isEqualTo(FaultServer.TEN);
        child.cancel();
        assertThat(reader.ended.get()).isInstanceOf(ContextCancelledException.class);
        assertAborted(reader.ended.get(), Phase.READING_BODY, 10);
      }
      server.gone.await(1);
    }

    @Test
    void endTheExchangeWhenTheSubscriberWantsNoMore() throws Exception {
      client.openPublisher(ctx, get("/trickle")).body().subscribe(reader);
      reader.subscribed.get().request(1);
      reader.pieces.take();
      reader.subscribed.get().cancel();
      server.gone.await(1);
      assertThat(reader.ended).isNotDone();
    }

    @Test
    void haveOneSubscriber() throws Exception {
      var body = client.openPublisher(ctx, get("/ok")).body();
      body.subscribe(reader);
      reader.subscribed.get().request(Long.MAX_VALUE);
      assertThat(reader.ended.get()).isNull();
      var second = new Subscriber();
      body.subscribe(second);
      second.subscribed.get().request(1);
      assertThat(second.ended.get())
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("subscriber already");
    }
  }

  // ---- sending a body

  /** An upload that gives a little and then nothing; a test looks at what becomes of it. */
  private static final class Stalling implements Flow.Publisher<ByteBuffer> {
    final CountDownLatch begun = new CountDownLatch(1);
    final CountDownLatch cancelled = new CountDownLatch(1);

    @Override
    public void subscribe(Flow.Subscriber<? super ByteBuffer> subscriber) {
      subscriber.onSubscribe(
          new Flow.Subscription() {
            @Override
            public void request(long n) {
              if (begun.getCount() > 0) {
                begun.countDown();
                subscriber.onNext(ByteBuffer.wrap(new byte[10]));
              }
            }

            @Override
            public void cancel() {
              cancelled.countDown();
            }
          });
    }
  }

  @Test
  void theSourceOfAnUploadIsToldOfTheEnd() throws Exception {
    var upload = new Stalling();
    var request =
        HttpRequest.newBuilder(server.uri("/deaf"))
            .POST(HttpRequest.BodyPublishers.fromPublisher(upload))
            .build();
    try (var child = ctx.withCancel()) {
      var attempt = Attempt.start(() -> client.open(child, request));
      upload.begun.await();
      server.busy.await(1);
      child.cancel();
      assertAborted(attempt.thrown(ContextCancelledException.class), Phase.AWAITING_HEADERS, 0);
    }
    upload.cancelled.await();
    server.listen();
    server.gone.await(1);
  }

  @Test
  void theLiveTreeShowsTheUrlWithoutItsQuery() throws Exception {
    try (var stalled = StalledServer.atHeaders();
        var child = ctx.withCancel()) {
      var request =
          HttpRequest.newBuilder(stalled.uri().resolve("/orders?token=k7-canary")).build();
      var attempt = Attempt.start(() -> client.open(child, request));
      stalled.awaitStalled(1);
      var seen = new ArrayList<LiveThread>();
      TreeInspector.walk(child, live -> seen.addAll(live.threads()) || live.depth() >= 0);
      assertThat(seen)
          .extracting(LiveThread::resource, LiveThread::subject)
          .containsExactly(tuple("HTTP exchange", "GET " + stalled.uri().resolve("/orders")));
      child.cancel();
      assertAborted(attempt.thrown(ContextCancelledException.class), Phase.AWAITING_HEADERS, 0);
    }
  }

  @Test
  void aRequestWithABodyTellsThatItIsConnecting() throws Exception {
    try (var full = StalledServer.atConnect();
        var child = ctx.withCancel()) {
      var request =
          HttpRequest.newBuilder(full.uri()).POST(HttpRequest.BodyPublishers.ofString("x")).build();
      var attempt = Attempt.start(() -> client.open(child, request));
      full.awaitStalled(1);
      child.cancel();
      assertAborted(attempt.thrown(ContextCancelledException.class), Phase.CONNECTING, 0);
    }
  }

  // ---- bodies that would be read later

  static Stream<BodyHandler<?>> lazyHandlers() {
    return Stream.of(
        BodyHandlers.ofInputStream(), BodyHandlers.ofLines(), BodyHandlers.ofPublisher());
  }

  @ParameterizedTest
  @MethodSource("lazyHandlers")
  void aHandlerThatHandsOutAnUnreadBodyIsRefused(BodyHandler<?> handler) throws Exception {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> client.send(ctx, get("/stall"), handler))
        .withMessageContaining("openLines");
    server.gone.await(1);
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
      var attempt = Attempt.start(() -> client.send(ctx, get("/stall"), head -> slow).body());
      slow.subscribed.get().request(1);
      assertThat(attempt.failure()).isNull();
      assertThat(slow.result.get()).isEqualTo(FaultServer.TEN);
      server.gone.await(1);
    }

    @Test
    void areToldOfTheContextsEnd() throws Exception {
      try (var child = ctx.withCancel()) {
        var attempt = Attempt.start(() -> client.send(child, get("/stall"), head -> slow));
        slow.subscribed.get();
        child.cancel();
        var ended = attempt.thrown(ContextCancelledException.class);
        assertThat(slow.failure).isSameAs(ended);
      }
      server.gone.await(1);
    }

    @Test
    void areRefusedWhenTheyAskForNothing() throws Exception {
      var attempt = Attempt.start(() -> client.send(ctx, get("/stall"), head -> slow));
      slow.subscribed.get().request(0);
      attempt.thrown(IllegalArgumentException.class);
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
  void theTimeIsNotSentOnRequest() throws Exception {
    assertThat(field(client.withHeaders(WireHeaders.NONE), get("/field"))).isEqualTo("none");
  }

  @Test
  void theTimeIsSentInAnotherHeader() throws Exception {
    var grpc = new RemainingTimeHeader("belay-timeout-ms", Form.GRPC);
    assertThat(field(client.withHeaders(WireHeaders.NONE.withRemainingTime(grpc)), get("/field")))
        .endsWith("m");
  }
}
