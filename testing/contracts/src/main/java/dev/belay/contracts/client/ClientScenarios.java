package dev.belay.contracts.client;

import static dev.belay.contracts.client.ClientFeature.BODY_INTERRUPTS;
import static dev.belay.contracts.client.ClientFeature.INTERRUPTS;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.belay.CancellableContext;
import dev.belay.Context;
import dev.belay.ContextCancelledException;
import dev.belay.ContextEndedException;
import dev.belay.DeadlineExceededException;
import dev.belay.contracts.socket.FaultServer;
import dev.belay.contracts.socket.HeldNames;
import dev.belay.testkit.Attempt;
import dev.belay.testkit.VirtualClock;
import dev.belay.testkit.faults.StalledServer;
import java.io.BufferedReader;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** What holds for an exchange over every protocol. */
abstract class ClientScenarios extends UploadScenarios {
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final String REMAINING = "Belay-Timeout-Ms";

  ClientScenarios(ClientContract contract, boolean http2) {
    super(contract, http2);
  }

  /** The two ways a context ends while it is used. */
  private enum End {
    CANCEL(ContextCancelledException.class),
    DEADLINE(DeadlineExceededException.class);

    final Class<? extends ContextEndedException> exception;

    End(Class<? extends ContextEndedException> exception) {
      this.exception = exception;
    }

    void of(CancellableContext ctx, VirtualClock clock) {
      switch (this) {
        case CANCEL -> ctx.cancel();
        case DEADLINE -> clock.advance(MINUTE);
      }
    }
  }

  // ---- before the headers

  @Test
  void aCancelBeforeTheHeadersAbortsTheExchange() throws Exception {
    beforeTheHeaders(End.CANCEL);
  }

  @Test
  void aDeadlineBeforeTheHeadersAbortsTheExchange() throws Exception {
    beforeTheHeaders(End.DEADLINE);
  }

  private void beforeTheHeaders(End end) throws Exception {
    try (var ctx = root().withTimeout(MINUTE)) {
      var attempt = Attempt.start(() -> open(ctx, "/hang"));
      server().busy.await(1);
      end.of(ctx, clock());
      assertTells(attempt.thrown(end.exception), "/hang", "headers");
    }
    server().gone.await(1);
  }

  @Test
  void theEndOfTheParentAbortsTheExchange() throws Exception {
    try (var parent = root().withCancel();
        var ctx = parent.withTimeout(MINUTE)) {
      var attempt = Attempt.start(() -> open(ctx, "/hang"));
      server().busy.await(1);
      parent.cancel();
      attempt.thrown(ContextCancelledException.class);
    }
    server().gone.await(1);
  }

  @Test
  void aContextThatHasEndedSendsNothing() {
    try (var ctx = root().withCancel()) {
      ctx.cancel();
      assertThrows(ContextCancelledException.class, () -> open(ctx, "/ok"));
    }
    assertEquals(0, server().connections.value());
  }

  @Test
  void aConnectionThatIsNotMadeIsGivenUp() throws Exception {
    try (var full = StalledServer.atConnect();
        var ctx = root().withCancel()) {
      var attempt = Attempt.start(() -> client().open(ctx, ClientRequest.get(full.uri())));
      attempt.awaitBlocked();
      full.awaitStalled(1);
      ctx.cancel();
      // A cancel that comes too early is repeated.
      var ended = attempt.thrown(ContextCancelledException.class);
      assertTells(ended, full.uri().toString(), "connecting");
      whenAConnectionWasGivenUp(full);
    }
  }

  /** What is left of it then. */
  void whenAConnectionWasGivenUp(StalledServer server) throws Exception {}

  @Test
  void aNameThatIsNotResolvedHoldsNobodyUp() throws Exception {
    try (var held = HeldNames.hold();
        var ctx = root().withTimeout(MINUTE)) {
      URI uri = URI.create("http://" + held.name() + "/");
      var attempt = Attempt.start(() -> client().open(ctx, ClientRequest.get(uri)));
      held.waiting.await(1);
      clock().advance(MINUTE);
      var ended = attempt.thrown(DeadlineExceededException.class);
      assertTells(ended, uri.toString(), "connecting");
    }
  }

  @Test
  void aCancelAfterARedirectionAbortsTheExchange() throws Exception {
    try (var ctx = root().withCancel()) {
      var attempt = Attempt.start(() -> open(ctx, "/lost"));
      server().busy.await(1);
      ctx.cancel();
      assertTells(attempt.thrown(ContextCancelledException.class), "/lost", "headers");
    }
    server().gone.await(1);
  }

  @Test
  void redirectionsAreFollowed() throws Exception {
    assertEquals("ok", read("/moved"));
  }

  @Test
  void aStalledTlsHandshakeIsAborted() throws Exception {
    try (var silent = StalledServer.atTls();
        var ctx = root().withCancel()) {
      var attempt = Attempt.start(() -> client().open(ctx, ClientRequest.get(silent.uri())));
      silent.awaitStalled(1);
      ctx.cancel();
      attempt.thrown(ContextCancelledException.class);
      silent.awaitStalled(0);
    }
  }

  // ---- in the body

  @Test
  void aCancelWhileTheBodyStallsAbortsTheExchange() throws Exception {
    whileTheBodyIsRead("/stall", End.CANCEL);
  }

  @Test
  void aDeadlineWhileTheBodyStallsAbortsTheExchange() throws Exception {
    whileTheBodyIsRead("/stall", End.DEADLINE);
  }

  @Test
  void aCancelWhileTheBodyTricklesAbortsTheExchange() throws Exception {
    whileTheBodyIsRead("/trickle", End.CANCEL);
  }

  @Test
  void aDeadlineWhileTheBodyTricklesAbortsTheExchange() throws Exception {
    whileTheBodyIsRead("/trickle", End.DEADLINE);
  }

  private void whileTheBodyIsRead(String path, End end) throws Exception {
    var reading = new CountDownLatch(1);
    try (var ctx = root().withTimeout(MINUTE)) {
      var attempt =
          Attempt.start(
              () -> {
                try (InputStream body = open(ctx, path).body()) {
                  assertEquals(FaultServer.TEN, ten(body));
                  reading.countDown();
                  return body.transferTo(OutputStream.nullOutputStream());
                }
              });
      reading.await();
      end.of(ctx, clock());
      assertTells(attempt.thrown(end.exception), path, "body");
    }
    server().gone.await(1);
  }

  /**
   * Not by readNBytes: that goes on to read nothing, which some streams take for a reason to wait.
   */
  private static String ten(InputStream body) throws IOException {
    byte[] bytes = new byte[10];
    new DataInputStream(body).readFully(bytes);
    return new String(bytes, ISO_8859_1);
  }

  @Test
  void aCancelWhileNobodyReadsAbortsTheExchange() throws Exception {
    whileNobodyReads(End.CANCEL);
  }

  @Test
  void aDeadlineWhileNobodyReadsAbortsTheExchange() throws Exception {
    whileNobodyReads(End.DEADLINE);
  }

  private void whileNobodyReads(End end) throws Exception {
    try (var ctx = root().withTimeout(MINUTE);
        InputStream body = open(ctx, "/stall").body()) {
      assertEquals(FaultServer.TEN, ten(body));
      end.of(ctx, clock());
      server().gone.await(1);
      for (int i = 0; i < 2; i++) {
        assertTells(assertThrows(end.exception, body::read), "/stall", "body");
      }
    }
  }

  @Test
  void eventsArriveOneByOneUntilTheEnd() throws Exception {
    try (var ctx = root().withCancel();
        var events =
            new BufferedReader(new InputStreamReader(open(ctx, "/events").body(), ISO_8859_1))) {
      for (int i = 0; i < 5; i++) {
        assertEquals("data: " + FaultServer.TEN, events.readLine());
        assertEquals("", events.readLine());
      }
      ctx.cancel();
      var ended = assertThrows(ContextCancelledException.class, () -> events.lines().count());
      assertTells(ended, "/events", "body");
    }
    server().gone.await(1);
  }

  // ---- the body ends first

  @Test
  void bodiesThatWereReadLeaveNothingRegisteredAndTheConnectionIsUsedAgain() throws Exception {
    try (var ctx = root().withTimeout(MINUTE)) {
      for (int i = 0; i < 5; i++) {
        try (InputStream body = open(ctx, "/ok").body()) {
          assertEquals("ok", new String(body.readAllBytes(), ISO_8859_1));
          assertEquals(0, registrations());
        }
      }
    }
    assertEquals(1, server().connections.value());
  }

  @Test
  void aBodyThatIsClosedEarlyEndsTheExchangeAndLeavesNothingRegistered() throws Exception {
    try (var ctx = root().withTimeout(MINUTE)) {
      InputStream body = open(ctx, "/stall").body();
      assertEquals(FaultServer.TEN, ten(body));
      body.close();
      assertEquals(0, registrations());
      var failure = assertThrows(IOException.class, body::read);
      assertFalse(ctx.isDone(), () -> "ended by " + failure);
    }
    server().gone.await(1);
  }

  @Test
  void anEndAfterTheBodyChangesNothing() throws Exception {
    try (var ctx = root().withTimeout(MINUTE);
        InputStream body = open(ctx, "/ok").body()) {
      assertEquals(2, body.readAllBytes().length);
      ctx.cancel();
      assertEquals(-1, body.read());
    }
  }

  @Test
  void everyByteOfABigBodyArrives() throws Exception {
    try (var ctx = root().withTimeout(MINUTE);
        InputStream body = open(ctx, "/big").body()) {
      int length = 0;
      byte[] buffer = new byte[64 * 1024];
      for (int count = body.read(buffer); count >= 0; count = body.read(buffer)) {
        for (int i = 0; i < count; i++) {
          if (buffer[i] != FaultServer.bigAt(length + i)) {
            throw new AssertionError("another byte at " + (length + i));
          }
        }
        length += count;
      }
      assertEquals(FaultServer.BIG, length);
    }
  }

  // ---- failures that are not the context's

  @Test
  void aRefusedConnectionIsNoEndOfTheContext() throws Exception {
    int port;
    try (var closed = new ServerSocket(0)) {
      port = closed.getLocalPort();
    }
    var request = ClientRequest.get(URI.create("http://127.0.0.1:" + port + "/"));
    assertThrows(IOException.class, () -> client().open(root(), request));
  }

  @Test
  void aBodyThatTheServerCutsOffIsNoEndOfTheContext() {
    assertThrows(IOException.class, () -> drain(root(), "/cut"));
  }

  // ---- the remaining time

  @Test
  void withoutDeadlineNoTimeIsSent() throws Exception {
    assertEquals("none", read("/field"));
  }

  @Test
  void theRemainingTimeIsSent() throws Exception {
    try (var ctx = root().withTimeout(MINUTE)) {
      assertEquals("60000", read(ctx, ClientRequest.get(server().uri("/field"))));
      clock().advance(Duration.ofSeconds(20));
      assertEquals("40000", read(ctx, ClientRequest.get(server().uri("/field"))));
    }
  }

  @Test
  void aLaterDeadlineBelowSendsNoMore() throws Exception {
    try (var parent = root().withTimeout(MINUTE);
        var ctx = parent.withTimeout(MINUTE.multipliedBy(5))) {
      assertEquals("60000", read(ctx, ClientRequest.get(server().uri("/field"))));
    }
  }

  @Test
  void aTimeThatTheCallerHasCopiedIsReplaced() throws Exception {
    var copied = new ClientRequest(server().uri("/field"), Map.of(REMAINING, "99999999"), 0);
    try (var ctx = root().withTimeout(MINUTE)) {
      assertEquals("60000", read(ctx, copied));
    }
  }

  // ---- the thread is interrupted

  @Test
  void anInterruptBeforeTheHeadersAbortsTheExchange() throws Exception {
    needs(INTERRUPTS);
    var virtual = Attempt.start(() -> open(root(), "/hang"));
    var platform = Attempt.startOnPlatformThread(() -> open(root(), "/hang"));
    server().busy.await(2);
    virtual.interrupt();
    platform.interrupt();
    virtual.thrown(InterruptedException.class);
    platform.thrown(InterruptedException.class);
    server().gone.await(2);
  }

  @Test
  void anInterruptWhileTheBodyIsReadLeavesTheFlagSet() throws Exception {
    needs(BODY_INTERRUPTS);
    var reading = new CountDownLatch(2);
    var virtual = Attempt.start(() -> readInterrupted(reading));
    var platform = Attempt.startOnPlatformThread(() -> readInterrupted(reading));
    reading.await();
    virtual.interrupt();
    platform.interrupt();
    assertEquals(null, virtual.failure());
    assertEquals(null, platform.failure());
    server().gone.await(2);
  }

  private Object readInterrupted(CountDownLatch reading) throws Exception {
    try (InputStream body = open(root(), "/stall").body()) {
      assertEquals(FaultServer.TEN, ten(body));
      reading.countDown();
      var failure = assertThrows(IOException.class, body::read);
      assertInstanceOf(InterruptedException.class, failure.getCause());
      assertTrue(Thread.currentThread().isInterrupted(), "interrupted");
      return failure;
    }
  }

  @Test
  void aThreadThatIsInterruptedAlreadySendsNothing() {
    needs(INTERRUPTS);
    Thread.currentThread().interrupt();
    assertThrows(InterruptedException.class, () -> open(root(), "/ok"));
    assertFalse(Thread.interrupted());
    assertEquals(0, server().connections.value());
  }

  /** Belay's own interrupt, sent for an outer context, is explained by the one who sent it. */
  @Test
  void anInterruptOfAnOuterContextBecomesItsEnd() throws Exception {
    needs(INTERRUPTS);
    try (var ctx = root().withCancel()) {
      var attempt =
          Attempt.start(
              () -> ctx.callInterruptibly(c -> open(Context.background(), "/hang").status()));
      server().busy.await(1);
      ctx.cancel();
      attempt.thrown(ContextCancelledException.class);
    }
  }
}
