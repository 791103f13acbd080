package dev.belay.contracts.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.belay.CancellableContext;
import dev.belay.Status;
import dev.belay.contracts.Unsupported;
import dev.belay.contracts.socket.Answer;
import dev.belay.contracts.socket.HttpClientByHand;
import dev.belay.contracts.socket.HttpClientByHand.Pending;
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

  VirtualClock clock() {
    return clock;
  }

  void needs(ServerFeature feature) {
    Unsupported.skip(contract, contract.unsupported(), feature);
  }

  boolean supports(ServerFeature feature) {
    return !contract.unsupported().contains(feature);
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

  @Test
  void anEarlierTimeIsUpWithoutTheHandler() throws Exception {
    assertEquals(504, client().get("/checks", REMAINING, "-1").answer().status());
    assertFalse(visits.at("/checks").hasBegun());
  }

  @Test
  void twoRemainingTimesAreRefused() throws Exception {
    client(settings().withRequestLimit(MINUTE)).get("/a", REMAINING, "1", REMAINING, "2");
    assertEquals(MINUTE.toNanos(), visits.at("/a").context().remainingNanos());
  }

  // ---- the end of the context, and what the handler waits for

  /** Sends a POST whose body never comes whole. */
  abstract Pending postSlowly(C client, String path) throws Exception;

  @Test
  void theEndFailsAReadOfTheBody() throws Exception {
    readingThenEnds("/reading");
  }

  @Test
  void theEndFailsAReadOfTheBodyOnAnotherThread() throws Exception {
    readingThenEnds("/elsewhere");
  }

  private void readingThenEnds(String path) throws Exception {
    needs(ServerFeature.STREAMED_REQUESTS);
    needs(ServerFeature.BODY_ENDS);
    var pending = postSlowly(client(settings().withRequestLimit(MINUTE)), path);
    Visit visit = entered(path);
    visit.assertStays();
    clock.advance(MINUTE);
    visit.awaitLeft();
    assertEquals(504, pending.answer().status());
  }

  @Test
  void aShutdownFailsAReadOfTheBody() throws Exception {
    needs(ServerFeature.STREAMED_REQUESTS);
    needs(ServerFeature.BODY_ENDS);
    var pending = postSlowly(client(), "/reading");
    Visit visit = entered("/reading");
    visit.assertStays();
    root.cancel();
    visit.awaitLeft();
    assertEquals(503, pending.answer().status());
  }

  /** Sends a GET and never reads the answer. */
  abstract Pending getUnread(C client, String path) throws Exception;

  @Test
  void theEndFailsAWriteThatTheClientDoesNotTake() throws Exception {
    needs(ServerFeature.STREAMED_RESPONSES);
    needs(ServerFeature.RESPONSE_CUT_OFF);
    Pending pending = getUnread(client(settings().withRequestLimit(MINUTE)), "/flood");
    Visit visit = entered("/flood");
    visit.awaitStuck();
    clock.advance(MINUTE);
    visit.awaitLeft();
    assertThrows(IOException.class, pending::answer);
  }

  @Test
  void aResponseThatTheEndCutsOffNeverLooksComplete() throws Exception {
    needs(ServerFeature.STREAMED_RESPONSES);
    needs(ServerFeature.RESPONSE_CUT_OFF);
    Pending pending = client(settings().withRequestLimit(MINUTE)).get("/rows");
    Visit visit = entered("/rows");
    clock.advance(MINUTE);
    visit.awaitEnded(Status.DEADLINE_EXCEEDED);
    visit.release();
    assertThrows(IOException.class, pending::answer);
    visit.awaitLeft();
  }

  @Test
  void aResponseWhoseHandlerReturnsAfterTheEndNeverLooksComplete() throws Exception {
    needs(ServerFeature.STREAMED_RESPONSES);
    needs(ServerFeature.RESPONSE_CUT_OFF);
    Pending pending = client(settings().withRequestLimit(MINUTE)).get("/begun");
    Visit visit = entered("/begun");
    clock.advance(MINUTE);
    visit.awaitEnded(Status.DEADLINE_EXCEEDED);
    visit.release();
    assertThrows(IOException.class, pending::answer);
    visit.awaitLeft();
  }

  @Test
  void aResponseThatEndsInTimeIsComplete() throws Exception {
    needs(ServerFeature.STREAMED_RESPONSES);
    Pending pending = client(settings().withRequestLimit(MINUTE)).get("/rows");
    Visit visit = entered("/rows");
    visit.release();
    assertEquals(Answer.ok("/rows"), pending.answer());
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
