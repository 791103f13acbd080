package dev.belay.jetty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.jetty.Http1Client.Answer;
import dev.belay.jetty.ServerUnderTest.Settings;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * What a host must notice about an HTTP/1.1 client while its handler blocks, and what it must not
 * take for its end.
 */
abstract class Http1Scenarios {
  /** A time-out that passes while a test looks on. */
  static final Duration SHORT = Duration.ofMillis(150);

  final Visits visits = new Visits();
  private final Deque<AutoCloseable> open = new ArrayDeque<>();

  /** The host under test. */
  abstract ServerUnderTest.Host host();

  /** A client of this kind of connection. */
  abstract Http1Client connect(ServerUnderTest server) throws Exception;

  @AfterEach
  void closeAll() throws Exception {
    visits.end();
    while (!open.isEmpty()) {
      open.pop().close();
    }
  }

  ServerUnderTest start(Settings settings) throws Exception {
    ServerUnderTest server = host().start(settings, visits);
    open.push(server);
    return server;
  }

  Http1Client client(Settings settings) throws Exception {
    Http1Client client = connect(start(settings));
    open.push(client);
    return client;
  }

  Http1Client client() throws Exception {
    return client(Settings.DEFAULT);
  }

  /** A visit whose handler blocks by now. */
  Visit entered(String path) {
    Visit visit = visits.at(path);
    visit.awaitEntered();
    return visit;
  }

  static Answer ok(String body) {
    return new Answer(200, body);
  }

  // ---- gone

  @Test
  void aClosedConnectionIsNoticed() throws Exception {
    Http1Client client = client();
    client.get("/a");
    Visit visit = entered("/a");
    client.close();
    visit.awaitGone();
  }

  @Test
  void aConnectionCutBelowIsNoticed() throws Exception {
    Http1Client client = client();
    client.get("/a");
    Visit visit = entered("/a");
    client.cut();
    visit.awaitGone();
  }

  @Test
  void aResetConnectionIsNoticed() throws Exception {
    Http1Client client = client();
    client.get("/a");
    Visit visit = entered("/a");
    client.reset();
    visit.awaitGone();
  }

  @Test
  void aClosedConnectionIsNoticedBehindAPipelinedRequest() throws Exception {
    Http1Client client = client();
    client.get("/a");
    Visit visit = entered("/a");
    client.get("/now");
    visit.assertStays();
    client.close();
    visit.awaitGone();
  }

  @Test
  void aResetConnectionIsNoticedBehindAPipelinedRequest() throws Exception {
    Http1Client client = client();
    client.get("/a");
    Visit visit = entered("/a");
    client.get("/now");
    visit.assertStays();
    client.reset();
    visit.awaitGone();
  }

  @Test
  void aClosedConnectionIsNoticedByALaterRequestOfTheConnection() throws Exception {
    Http1Client client = client();
    client.get("/now");
    assertThat(client.answer()).isEqualTo(ok("/now 0"));
    client.get("/a");
    Visit visit = entered("/a");
    client.close();
    visit.awaitGone();
    visits.at("/now").assertStays();
  }

  @Test
  void aClosedConnectionIsNoticedAfterTheBodyIsRead() throws Exception {
    Http1Client client = client();
    client.post("/a", 20);
    Visit visit = entered("/a");
    client.close();
    visit.awaitGone();
  }

  @Test
  void aResetConnectionIsNoticedAfterTheBodyIsRead() throws Exception {
    Http1Client client = client();
    client.post("/a", 20);
    Visit visit = entered("/a");
    client.reset();
    visit.awaitGone();
  }

  @Test
  void aClosedConnectionIsNoticedAfterALongBodyIsRead() throws Exception {
    Http1Client client = client();
    client.post("/a", 300_000);
    Visit visit = entered("/a");
    client.close();
    visit.awaitGone();
  }

  @Test
  void aClosedConnectionIsNoticedAfterABodyThatCameInParts() throws Exception {
    Http1Client client = client();
    client.postHeader("/reading", 40);
    Visit visit = entered("/reading");
    client.send("b".repeat(20));
    visit.assertStays();
    client.send("b".repeat(20));
    visit.assertStays();
    client.close();
    visit.awaitGone();
  }

  @Test
  void aClosedConnectionIsNoticedWhileTheHandlerWaitsForTheBody() throws Exception {
    Http1Client client = client();
    client.postHeader("/reading/stubborn", 40);
    Visit visit = entered("/reading/stubborn");
    client.send("b".repeat(20));
    visit.assertStays();
    client.close();
    visit.awaitGone();
  }

  @Test
  void aClosedConnectionIsNoticedAmidABodyThatNobodyReads() throws Exception {
    Http1Client client = client();
    client.postHeader("/unread", 1000);
    client.send("b".repeat(20));
    Visit visit = entered("/unread");
    client.close();
    visit.awaitGone();
  }

  @Test
  void aResetConnectionIsNoticedAmidABodyThatNobodyReads() throws Exception {
    Http1Client client = client();
    client.postHeader("/unread", 1000);
    client.send("b".repeat(20));
    Visit visit = entered("/unread");
    client.reset();
    visit.awaitGone();
  }

  @Test
  void aClosedConnectionIsNoticedAmidAStreamedResponse() throws Exception {
    Http1Client client = client();
    client.get("/stream");
    Visit visit = entered("/stream");
    client.answerHeader();
    client.close();
    visit.awaitGone();
  }

  // ---- half-closed

  @Test
  void aHalfClosedConnectionCountsAsGoneAndIsAnsweredStill() throws Exception {
    Http1Client client = client();
    client.get("/a");
    Visit visit = entered("/a");
    client.halfClose();
    visit.awaitGone();
    visit.release();
    assertThat(client.answer()).isEqualTo(ok("/a 0"));
  }

  @Test
  void aHalfClosedConnectionIsServedIfSoSet() throws Exception {
    Http1Client client = client(Settings.DEFAULT.halfCloseIsGone(false));
    client.get("/a");
    Visit visit = entered("/a");
    client.halfClose();
    visit.assertStays();
    visit.release();
    assertThat(client.answer()).isEqualTo(ok("/a 0"));
    client.awaitClosed();
  }

  @Test
  void aResetConnectionIsNoticedAlsoWhereAHalfCloseIsNot() throws Exception {
    Http1Client client = client(Settings.DEFAULT.halfCloseIsGone(false));
    client.get("/a");
    Visit visit = entered("/a");
    client.reset();
    visit.awaitGone();
  }

  // ---- not gone

  @Test
  void aPipelinedRequestIsNoEndAndIsAnswered() throws Exception {
    Http1Client client = client();
    client.get("/a");
    Visit visit = entered("/a");
    client.get("/now");
    visit.assertStays();
    visit.release();
    assertThat(client.answer()).isEqualTo(ok("/a 0"));
    assertThat(client.answer()).isEqualTo(ok("/now 0"));
    visit.assertStays();
  }

  @Test
  void pipelinedRequestsBeyondWhatIsKeptAreAnswered() throws Exception {
    Http1Client client = client();
    client.get("/a");
    Visit visit = entered("/a");
    client.post("/now", 100_000);
    client.get("/now2");
    visit.assertStays();
    visit.release();
    assertThat(client.answer()).isEqualTo(ok("/a 0"));
    assertThat(client.answer()).isEqualTo(ok("/now 100000"));
    assertThat(client.answer()).isEqualTo(ok("/now2 0"));
    visit.assertStays();
  }

  @Test
  void aClientThatLeavesWithItsAnswerHasNotGone() throws Exception {
    Http1Client client = client();
    client.get("/a");
    Visit visit = entered("/a");
    visit.release();
    assertThat(client.answer()).isEqualTo(ok("/a 0"));
    client.close();
    visit.assertStays();
  }

  @Test
  void aClientThatLeavesWithItsAnswerBeforeTheHandlerDoesHasNotGone() throws Exception {
    Http1Client client = client();
    client.get("/early");
    Visit visit = entered("/early");
    assertThat(client.answer()).isEqualTo(ok("/early 0"));
    client.close();
    visit.assertStays();
  }

  @Test
  void aConnectionThatIsIdleWhileTheHandlerWorksIsKept() throws Exception {
    Http1Client client = client(Settings.DEFAULT.idleTimeout(SHORT));
    client.get("/a");
    Visit visit = entered("/a");
    visit.assertStaysFor(SHORT.multipliedBy(5));
    visit.release();
    assertThat(client.answer()).isEqualTo(ok("/a 0"));
  }

  @Test
  void aConnectionThatWasIdleWhileTheHandlerWorkedIsStillWatched() throws Exception {
    Http1Client client = client(Settings.DEFAULT.idleTimeout(SHORT));
    client.get("/a");
    Visit visit = entered("/a");
    visit.assertStaysFor(SHORT.multipliedBy(5));
    client.close();
    visit.awaitGone();
  }

  // ---- the header's time

  @Test
  void aConnectionWhoseHeaderComesTooSlowlyIsClosed() throws Exception {
    Http1Client client = client(Settings.DEFAULT.headerTimeout(SHORT));
    client.send("GET /a HTTP/1.1\r\nHost: localhost\r\n");
    client.awaitClosed();
  }

  @Test
  void aLaterHeaderThatComesTooSlowlyClosesTheConnection() throws Exception {
    Http1Client client = client(Settings.DEFAULT.headerTimeout(SHORT));
    client.get("/now");
    assertThat(client.answer()).isEqualTo(ok("/now 0"));
    client.send("GET /a HTTP/1.1\r\n");
    client.awaitClosed();
  }

  @Test
  void theTimeOfTheHeaderIsNotTheTimeOfTheBodyNorOfTheHandler() throws Exception {
    Http1Client client = client(Settings.DEFAULT.headerTimeout(SHORT));
    client.postHeader("/reading", 20);
    Visit visit = entered("/reading");
    client.send("b".repeat(10));
    visit.assertStaysFor(SHORT.multipliedBy(3));
    client.send("b".repeat(10));
    visit.assertStaysFor(SHORT.multipliedBy(3));
    visit.release();
    assertThat(client.answer()).isEqualTo(ok("/reading 20"));
  }

  @Test
  void theTimeOfTheHeaderIsNotTheTimeBetweenRequests() throws Exception {
    Http1Client client = client(Settings.DEFAULT.headerTimeout(SHORT));
    client.get("/now");
    assertThat(client.answer()).isEqualTo(ok("/now 0"));
    visits.at("/now").assertStaysFor(SHORT.multipliedBy(3));
    client.get("/now2");
    assertThat(client.answer()).isEqualTo(ok("/now2 0"));
  }
}
