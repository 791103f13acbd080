package dev.belay.http.client;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.CancellableContext;
import dev.belay.Context;
import dev.belay.ContextCancelledException;
import dev.belay.ContextEndedException;
import dev.belay.DeadlineExceededException;
import dev.belay.http.client.ExchangeAbortedException.Phase;
import dev.belay.spi.LiveContext;
import dev.belay.spi.Roots;
import dev.belay.spi.TreeInspector;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What holds over every version of HTTP. */
abstract class ContextHttpClientContract {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  /** The two ways a context ends while it is used. */
  enum End {
    CANCEL(ContextCancelledException.class),
    DEADLINE(DeadlineExceededException.class);

    final Class<? extends ContextEndedException> exception;

    End(Class<? extends ContextEndedException> exception) {
      this.exception = exception;
    }
  }

  final ManualTime time = new ManualTime();
  private final CancellableContext top = Roots.open("test", time, false);

  /** What the tests work under: a child of the root, so that its registrations are seen. */
  final CancellableContext root = top.withCancel();

  TestServer server;
  HttpClient jdk;
  ContextHttpClient client;

  abstract TestServer start() throws Exception;

  @BeforeEach
  void open() throws Exception {
    server = start();
    jdk = server.client();
    client = ContextHttpClient.of(jdk);
  }

  @AfterEach
  void nothingIsLeft() throws Exception {
    assertThat(registrations()).isZero();
    top.close();
    server.busy.await(0);
    jdk.shutdownNow();
    server.open.await(0);
    server.close();
  }

  private int registrations() {
    return TreeInspector.live(top).stream().mapToInt(LiveContext::reactions).sum();
  }

  final HttpRequest get(String path) {
    return HttpRequest.newBuilder(server.uri(path)).build();
  }

  private void end(CancellableContext ctx, End end) {
    switch (end) {
      case CANCEL -> ctx.cancel();
      case DEADLINE -> time.pass(MINUTE.toNanos());
    }
  }

  private void assertAborted(Throwable ended, String path, Phase phase, long atLeastBytes) {
    if (!(ended.getCause() instanceof ExchangeAbortedException aborted)) {
      throw new AssertionError("not caused by an aborted exchange", ended);
    }
    assertThat(aborted).hasMessageStartingWith("GET " + server.uri(path) + " aborted after ");
    assertThat(aborted.phase()).isEqualTo(phase);
    assertThat(aborted.bytes()).isGreaterThanOrEqualTo(atLeastBytes);
  }

  // ---- the context ends

  @ParameterizedTest
  @EnumSource
  void anEndBeforeTheHeadersAbortsTheExchange(End end) throws Exception {
    try (var ctx = root.withTimeout(MINUTE)) {
      var trial = Trial.start(() -> client.open(ctx, get("/hang")));
      server.busy.await(1);
      end(ctx, end);
      var ended = trial.thrown(end.exception);
      assertAborted(ended, "/hang", Phase.AWAITING_HEADERS, 0);
    }
    server.gone.await(1);
  }

  @ParameterizedTest
  @EnumSource
  void anEndWhileTheBodyStallsAbortsTheExchange(End end) throws Exception {
    var reading = new CountDownLatch(1);
    try (var ctx = root.withTimeout(MINUTE)) {
      var trial =
          Trial.start(
              () -> {
                try (InputStream body = client.open(ctx, get("/stall")).body()) {
                  assertThat(body.readNBytes(10)).asString(ISO_8859_1).isEqualTo(TestServer.TEN);
                  reading.countDown();
                  return body.read();
                }
              });
      reading.await();
      end(ctx, end);
      assertAborted(trial.thrown(end.exception), "/stall", Phase.READING_BODY, 10);
    }
    server.gone.await(1);
  }

  @ParameterizedTest
  @EnumSource
  void anEndWhileTheBodyTricklesAbortsTheExchange(End end) throws Exception {
    var reading = new CountDownLatch(1);
    try (var ctx = root.withTimeout(MINUTE)) {
      var trial =
          Trial.start(
              () ->
                  client.send(
                      ctx,
                      get("/trickle"),
                      BodyHandlers.ofByteArrayConsumer(piece -> reading.countDown())));
      reading.await();
      end(ctx, end);
      assertAborted(trial.thrown(end.exception), "/trickle", Phase.READING_BODY, 1);
    }
    server.gone.await(1);
  }

  @ParameterizedTest
  @EnumSource
  void anEndWhileNobodyReadsAbortsTheExchange(End end) throws Exception {
    try (var ctx = root.withTimeout(MINUTE);
        InputStream body = client.open(ctx, get("/stall")).body()) {
      body.readNBytes(10);
      end(ctx, end);
      server.gone.await(1);
      for (int i = 0; i < 2; i++) {
        assertThatThrownBy(body::read)
            .isInstanceOf(end.exception)
            .satisfies(e -> assertAborted(e, "/stall", Phase.READING_BODY, 10));
      }
    }
  }

  @Test
  void anEndOfTheParentAbortsTheExchange() throws Exception {
    try (var parent = root.withCancel();
        var ctx = parent.withTimeout(MINUTE)) {
      var trial = Trial.start(() -> client.open(ctx, get("/hang")));
      server.busy.await(1);
      parent.cancel();
      trial.thrown(ContextCancelledException.class);
    }
    server.gone.await(1);
  }

  @Test
  void anEndedContextSendsNothing() {
    try (var ctx = root.withCancel()) {
      ctx.cancel();
      assertThatThrownBy(() -> client.open(ctx, get("/ok")))
          .isInstanceOf(ContextCancelledException.class);
    }
    assertThat(server.connections.value()).isZero();
  }

  // ---- the body ends first

  @Test
  void readBodiesLeaveNothingRegisteredAndTheConnectionIsUsedAgain() throws Exception {
    try (var ctx = root.withTimeout(MINUTE)) {
      for (int i = 0; i < 5; i++) {
        var response = client.open(ctx, get("/ok"));
        assertThat(response.body().readAllBytes()).asString(ISO_8859_1).isEqualTo("ok");
        assertThat(registrations()).isZero();
      }
    }
    assertThat(server.connections.value()).isEqualTo(1);
  }

  @Test
  void aBodyThatIsClosedEarlyEndsTheExchangeAndLeavesNothingRegistered() throws Exception {
    try (var ctx = root.withTimeout(MINUTE)) {
      InputStream body = client.open(ctx, get("/stall")).body();
      body.readNBytes(10);
      assertThat(registrations()).isEqualTo(1);
      body.close();
      assertThat(registrations()).isZero();
      assertThatThrownBy(body::read).isInstanceOf(IOException.class);
    }
    server.gone.await(1);
  }

  @Test
  void anEndAfterTheBodyChangesNothing() throws Exception {
    try (var ctx = root.withTimeout(MINUTE);
        InputStream body = client.open(ctx, get("/ok")).body()) {
      body.readAllBytes();
      ctx.cancel();
      assertThat(body.read()).isEqualTo(-1);
    }
  }

  @Test
  void aBigBodyStreams() throws Exception {
    try (var ctx = root.withTimeout(MINUTE);
        InputStream body = client.open(ctx, get("/big")).body()) {
      long[] length = {0};
      byte[] buffer = new byte[64 * 1024];
      for (int n = body.read(buffer); n >= 0; n = body.read(buffer)) {
        length[0] += n;
      }
      assertThat(length[0]).isEqualTo(TestServer.BIG);
    }
  }

  @Test
  void sendTakesInTheBody() throws Exception {
    var response = client.send(root, get("/ok"), BodyHandlers.ofString());
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).isEqualTo("ok");
  }

  @Test
  void theRemainingTimeIsSent() throws Exception {
    try (var ctx = root.withTimeout(MINUTE)) {
      assertThat(client.send(ctx, get("/field"), BodyHandlers.ofString()).body())
          .isEqualTo("60000");
    }
  }

  // ---- the thread is interrupted

  @Test
  void anInterruptBeforeTheHeadersAbortsTheExchange() throws Exception {
    var virtual = Trial.start(() -> client.open(root, get("/hang")));
    var platform = Trial.startOnPlatformThread(() -> client.open(root, get("/hang")));
    server.busy.await(2);
    virtual.interrupt();
    platform.interrupt();
    virtual.thrown(InterruptedException.class);
    platform.thrown(InterruptedException.class);
    server.gone.await(2);
  }

  @Test
  void anInterruptWhileTheBodyIsTakenInAbortsTheExchange() throws Exception {
    var reading = new CountDownLatch(2);
    var handler = BodyHandlers.ofByteArrayConsumer(piece -> reading.countDown());
    var virtual = Trial.start(() -> client.send(root, get("/stall"), handler));
    var platform = Trial.startOnPlatformThread(() -> client.send(root, get("/stall"), handler));
    reading.await();
    virtual.interrupt();
    platform.interrupt();
    virtual.thrown(InterruptedException.class);
    platform.thrown(InterruptedException.class);
    server.gone.await(2);
  }

  @Test
  void anInterruptWhileTheBodyIsReadLeavesTheFlagSet() throws Exception {
    var reading = new CountDownLatch(1);
    var trial =
        Trial.start(
            () -> {
              try (InputStream body = client.open(root, get("/stall")).body()) {
                body.readNBytes(10);
                reading.countDown();
                assertThatThrownBy(body::read)
                    .isInstanceOf(IOException.class)
                    .hasCauseInstanceOf(InterruptedException.class);
                assertThat(Thread.currentThread().isInterrupted()).isTrue();
                return body;
              }
            });
    reading.await();
    trial.interrupt();
    assertThat(trial.outcome()).isNull();
    server.gone.await(1);
  }

  @Test
  void aThreadThatIsInterruptedAlreadySendsNothing() throws Exception {
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> client.open(root, get("/ok")))
        .isInstanceOf(InterruptedException.class);
    assertThat(Thread.interrupted()).isFalse();
    assertThat(server.connections.value()).isZero();
  }

  /** Belay's own interrupt, sent for an outer context, is explained by the one who sent it. */
  @Test
  void anInterruptOfAnOuterContextBecomesItsEnd() throws Exception {
    try (var ctx = root.withCancel()) {
      var trial =
          Trial.start(
              () ->
                  ctx.callInterruptibly(
                      c -> client.open(Context.background(), get("/hang")).statusCode()));
      server.busy.await(1);
      ctx.cancel();
      trial.thrown(ContextCancelledException.class);
    }
  }
}
