package dev.belay.contracts.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.belay.CancellableContext;
import dev.belay.Status;
import dev.belay.contracts.Unsupported;
import dev.belay.contracts.socket.Answer;
import dev.belay.contracts.socket.HttpClientByHand;
import dev.belay.testkit.VirtualClock;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What holds for a request over every protocol.
 *
 * @param <C> a client of the protocol
 */
abstract class RequestScenarios<C extends HttpClientByHand> {
  /** A time-out that passes while a test looks on. */
  static final Duration SHORT = Duration.ofMillis(150);

  static final Duration MINUTE = Duration.ofMinutes(1);
  private static final String REMAINING = "Belay-Timeout-Ms";

  final Visits visits = new Visits();
  private final ServerContract contract;
  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  private CancellableContext root;
  private VirtualClock clock;

  RequestScenarios(ServerContract contract) {
    this.contract = contract;
  }

  /** A client of this kind of connection. */
  abstract C connect(ServerUnderTest server) throws IOException;

  @BeforeEach
  void take(CancellableContext root, VirtualClock clock) {
    this.root = root;
    this.clock = clock;
  }

  @AfterEach
  void closeAll() throws Exception {
    visits.end();
    while (!open.isEmpty()) {
      open.pop().close();
    }
  }

  void needs(ServerFeature feature) {
    Unsupported.skip(contract, contract.unsupported(), feature);
  }

  ServerSettings settings() {
    return ServerSettings.of(root);
  }

  ServerUnderTest serve(ServerSettings settings) throws Exception {
    ServerUnderTest server = contract.start(settings, visits);
    open.push(new Stopping(server));
    return server;
  }

  C client(ServerSettings settings) throws Exception {
    C client = connect(serve(settings));
    open.push(client);
    return client;
  }

  C client() throws Exception {
    return client(settings());
  }

  /** A visit whose handler blocks by now. */
  Visit entered(String path) throws InterruptedException {
    Visit visit = visits.at(path);
    visit.awaitEntered();
    return visit;
  }

  /** Those of the visits at {@code prefix} and a number that have begun must end. */
  void assertNoHandlerStays(String prefix, int count) throws InterruptedException {
    for (int i = 0; i < count; i++) {
      Visit visit = visits.at(prefix + i);
      if (visit.hasBegun()) {
        visit.awaitGone();
      }
    }
  }

  // ---- a client that stays

  @Test
  void aClientThatLeavesWithItsAnswerHasNotGone() throws Exception {
    C client = client();
    var pending = client.get("/a");
    Visit visit = entered("/a");
    visit.release();
    assertEquals(Answer.ok("/a 0"), pending.answer());
    client.cut();
    visit.assertStays();
  }

  @Test
  void aClientThatLeavesWithItsAnswerBeforeTheHandlerDoesHasNotGone() throws Exception {
    needs(ServerFeature.STREAMED_RESPONSES);
    C client = client();
    var pending = client.get("/early");
    Visit visit = entered("/early");
    assertEquals(Answer.ok("/early 0"), pending.answer());
    client.cut();
    visit.assertStays();
  }

  @Test
  void aConnectionThatIsIdleWhileTheHandlerWorksIsKept() throws Exception {
    needs(ServerFeature.IDLE_WHILE_HANDLING);
    C client = client(settings().withIdleTimeout(SHORT));
    var pending = client.get("/a");
    Visit visit = entered("/a");
    visit.assertStaysFor(SHORT.multipliedBy(5));
    visit.release();
    assertEquals(Answer.ok("/a 0"), pending.answer());
  }

  @Test
  void aFinishedRequestsContextIsClosed() throws Exception {
    assertEquals(Answer.ok("/now 0"), client().get("/now").answer());
    visits.at("/now").awaitEnded(Status.CLOSED);
  }

  // ---- time

  @Test
  void withoutAWordFromTheClientTheServersLimitHolds() throws Exception {
    client(settings().withRequestLimit(MINUTE)).get("/a");
    assertEquals(MINUTE.toNanos(), visits.at("/a").context().remainingNanos());
  }

  @Test
  void theRemainingTimeOfTheClientStartsADeadline() throws Exception {
    client().get("/a", REMAINING, "60000");
    assertEquals(MINUTE.toNanos(), visits.at("/a").context().remainingNanos());
  }

  @Test
  void theRemainingTimeOfTheClientNeverLengthensTheServersLimit() throws Exception {
    client(settings().withRequestLimit(MINUTE)).get("/a", REMAINING, "60001");
    assertEquals(MINUTE.toNanos(), visits.at("/a").context().remainingNanos());
  }

  @Test
  void aDeadlinePassesWhileTheHandlerBlocksAndIsAnsweredAsATimeout() throws Exception {
    var pending = client(settings().withRequestLimit(MINUTE)).get("/checks");
    Visit visit = entered("/checks");
    clock.advance(MINUTE.minusNanos(1));
    visit.assertStays();
    clock.advance(Duration.ofNanos(1));
    visit.awaitEnded(Status.DEADLINE_EXCEEDED);
    visit.release();
    assertEquals(504, pending.answer().status());
  }

  @Test
  void aClientWithoutTimeLeftGetsATimeout() throws Exception {
    visits.at("/checks").release();
    assertEquals(504, client().get("/checks", REMAINING, "0").answer().status());
  }

  // ---- other ends

  @Test
  void aShutdownEndsTheRequestAndIsAnsweredAsUnavailable() throws Exception {
    var pending = client().get("/checks");
    Visit visit = entered("/checks");
    root.cancel();
    visit.awaitEnded(Status.CANCELLED);
    visit.release();
    assertEquals(503, pending.answer().status());
  }

  @Test
  void aHandlerThatFailsIsAnsweredAsAnErrorThatTellsNothingOfIt() throws Exception {
    Answer answer = client().get("/broken").answer();
    assertEquals(500, answer.status());
    assertFalse(answer.body().contains("on purpose"), answer::body);
    visits.at("/broken").awaitEnded(Status.CLOSED);
  }

  @Test
  void theEndOfTheContextInterruptsNoHandler() throws Exception {
    client(settings().withRequestLimit(MINUTE)).get("/a");
    Visit visit = entered("/a");
    clock.advance(MINUTE);
    visit.awaitEnded(Status.DEADLINE_EXCEEDED);
    assertFalse(visit.awaitEntered().isInterrupted());
    visit.release();
    assertFalse(visit.awaitInterrupted());
  }

  @Test
  void theEndOfTheContextInterruptsTheHandlerIfSoSet() throws Exception {
    needs(ServerFeature.INTERRUPTING);
    var pending = client(settings().withRequestLimit(MINUTE).withInterrupting()).get("/a");
    Visit visit = entered("/a");
    clock.advance(MINUTE);
    assertTrue(visit.awaitInterrupted());
    assertEquals(504, pending.answer().status());
  }
}
