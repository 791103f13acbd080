package dev.belay.contracts.server;

import static dev.belay.contracts.server.ServerFeature.ANSWER_AFTER_GOAWAY;
import static dev.belay.contracts.server.ServerFeature.GONE_AFTER_GOAWAY;
import static dev.belay.contracts.server.ServerFeature.GONE_BEHIND_BODY;
import static dev.belay.contracts.server.ServerFeature.GONE_UNDER_HTTP2;
import static dev.belay.contracts.server.ServerFeature.HEADER_TIMEOUT;
import static dev.belay.contracts.server.ServerFeature.HTTP2;
import static dev.belay.contracts.server.ServerFeature.IDLE_WHILE_HANDLING;
import static dev.belay.contracts.server.ServerFeature.STREAMED_REQUESTS;
import static dev.belay.contracts.server.ServerFeature.STREAMED_RESPONSES;
import static dev.belay.contracts.server.ServerFeature.STREAM_RESET;
import static dev.belay.contracts.socket.Answer.ok;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.belay.contracts.socket.Http2Client;
import dev.belay.contracts.socket.Http2Client.Stream;
import dev.belay.contracts.socket.HttpClientByHand.Pending;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What a host must notice about an HTTP/2 client while its handler blocks, and what it must not
 * take for its end.
 */
abstract class Http2Scenarios extends RequestScenarios<Http2Client> {
  private static final byte[] PART = new byte[20];

  Http2Scenarios(ServerContract contract) {
    super(contract);
  }

  @BeforeEach
  void needsHttp2() {
    needs(HTTP2);
  }

  @Override
  Pending postSlowly(Http2Client client, String path) throws Exception {
    Stream stream = client.postHeader(path);
    stream.data(PART, false);
    return stream;
  }

  @Override
  Pending getUnread(Http2Client client, String path) throws Exception {
    return client.getUnread(path);
  }

  // ---- a reset stream

  @Test
  void aResetStreamIsNoticed() throws Exception {
    needs(STREAM_RESET);
    Stream stream = client().get("/a");
    Visit visit = entered("/a");
    stream.reset();
    visit.awaitGone();
  }

  @Test
  void aResetStreamIsNoticedByALaterStreamOfTheConnection() throws Exception {
    needs(STREAM_RESET);
    Http2Client client = client();
    assertEquals(ok("/now 0"), client.get("/now").answer());
    Stream stream = client.get("/a");
    Visit visit = entered("/a");
    stream.reset();
    visit.awaitGone();
    visits.at("/now").assertStays();
  }

  @Test
  void aResetStreamIsNoticedAfterTheBodyIsRead() throws Exception {
    needs(STREAM_RESET);
    Stream stream = client().postHeader("/a");
    stream.data(PART, true);
    Visit visit = entered("/a");
    stream.reset();
    visit.awaitGone();
  }

  @Test
  void aResetStreamIsNoticedAmidABodyThatNobodyReads() throws Exception {
    needs(STREAM_RESET);
    needs(GONE_BEHIND_BODY);
    Stream stream = client().postHeader("/unread");
    stream.data(PART, false);
    Visit visit = entered("/unread");
    stream.reset();
    visit.awaitGone();
  }

  @Test
  void aResetStreamIsNoticedWhileTheHandlerWaitsForTheBody() throws Exception {
    needs(STREAM_RESET);
    needs(STREAMED_REQUESTS);
    Stream stream = client().postHeader("/reading/stubborn");
    stream.data(PART, false);
    Visit visit = entered("/reading/stubborn");
    visit.assertStays();
    stream.reset();
    visit.awaitGone();
  }

  @Test
  void aResetStreamIsNoticedAmidAStreamedResponse() throws Exception {
    needs(STREAM_RESET);
    needs(STREAMED_RESPONSES);
    Stream stream = client().get("/stream");
    Visit visit = entered("/stream");
    stream.awaitHeader();
    stream.reset();
    visit.awaitGone();
  }

  @Test
  void aResetStreamIsNoticedWhileTheHandlerWrites() throws Exception {
    needs(STREAM_RESET);
    needs(STREAMED_RESPONSES);
    Stream stream = client().getUnread("/flood");
    Visit visit = entered("/flood");
    visit.awaitStuck();
    stream.reset();
    visit.awaitGone();
    visit.awaitLeft();
  }

  /** Such a request may reach no handler at all; one that it reaches must learn of the end. */
  @Test
  void aStreamThatIsResetAtOnceLeavesNoHandlerBehind() throws Exception {
    needs(STREAM_RESET);
    Http2Client client = client();
    for (int i = 0; i < 50; i++) {
      client.getAndReset("/a/" + i);
    }
    client.ping();
    assertEquals(ok("/now 0"), client.get("/now").answer());
    assertNoHandlerStays("/a/", 50);
  }

  // ---- a lost connection

  @Test
  void aClosedConnectionIsNoticedByAllItsStreams() throws Exception {
    needs(GONE_UNDER_HTTP2);
    Http2Client client = client();
    client.get("/a");
    client.get("/b");
    Visit a = entered("/a");
    Visit b = entered("/b");
    client.cut();
    a.awaitGone();
    b.awaitGone();
  }

  @Test
  void aConnectionClosedInOrderIsNoticed() throws Exception {
    needs(GONE_UNDER_HTTP2);
    Http2Client client = client();
    client.get("/a");
    Visit visit = entered("/a");
    client.close();
    visit.awaitGone();
  }

  @Test
  void aResetConnectionIsNoticed() throws Exception {
    needs(GONE_UNDER_HTTP2);
    Http2Client client = client();
    client.get("/a");
    Visit visit = entered("/a");
    client.reset();
    visit.awaitGone();
  }

  @Test
  void aResetConnectionIsNoticedWhileTheHandlerWaitsForTheBody() throws Exception {
    needs(GONE_UNDER_HTTP2);
    needs(STREAMED_REQUESTS);
    Http2Client client = client();
    client.postHeader("/reading/stubborn").data(PART, false);
    Visit visit = entered("/reading/stubborn");
    visit.assertStays();
    client.reset();
    visit.awaitGone();
  }

  @Test
  void aResetConnectionIsNoticedWhileTheHandlerWrites() throws Exception {
    needs(GONE_UNDER_HTTP2);
    needs(STREAMED_RESPONSES);
    Http2Client client = client();
    client.getUnread("/flood");
    Visit visit = entered("/flood");
    visit.awaitStuck();
    client.reset();
    visit.awaitGone();
    visit.awaitLeft();
  }

  @Test
  void aConnectionThatWasIdleWhileTheHandlerWorkedIsStillWatched() throws Exception {
    needs(IDLE_WHILE_HANDLING);
    needs(STREAM_RESET);
    Stream stream = client(settings().withIdleTimeout(SHORT)).get("/a");
    Visit visit = entered("/a");
    visit.assertStaysFor(SHORT.multipliedBy(5));
    stream.reset();
    visit.awaitGone();
  }

  // ---- not gone

  @Test
  void anotherStreamIsNoEndAndIsAnsweredMeanwhile() throws Exception {
    Http2Client client = client();
    Stream first = client.get("/a");
    Visit visit = entered("/a");
    assertEquals(ok("/now 0"), client.get("/now").answer());
    visit.assertStays();
    visit.release();
    assertEquals(ok("/a 0"), first.answer());
  }

  @Test
  void theResetOfAnotherStreamIsNoEnd() throws Exception {
    Http2Client client = client();
    Stream first = client.get("/a");
    Visit visit = entered("/a");
    Stream second = client.get("/b");
    entered("/b");
    second.reset();
    client.ping();
    visit.assertStays();
    visit.release();
    assertEquals(ok("/a 0"), first.answer());
  }

  @Test
  void aClientThatOpensNoMoreStreamsGetsItsAnswer() throws Exception {
    needs(ANSWER_AFTER_GOAWAY);
    Http2Client client = client();
    Stream stream = client.get("/a");
    Visit visit = entered("/a");
    client.goAway();
    visit.assertStays();
    visit.release();
    assertEquals(ok("/a 0"), stream.answer());
  }

  @Test
  void aConnectionThatIsCutAfterTheClientsGoAwayIsNoticed() throws Exception {
    needs(GONE_AFTER_GOAWAY);
    Http2Client client = client();
    Visit visit = visitedBeforeGoAway(client);
    client.cut();
    visit.awaitGone();
  }

  @Test
  void aConnectionThatIsResetAfterTheClientsGoAwayIsNoticed() throws Exception {
    needs(GONE_AFTER_GOAWAY);
    Http2Client client = client();
    Visit visit = visitedBeforeGoAway(client);
    client.reset();
    visit.awaitGone();
  }

  private Visit visitedBeforeGoAway(Http2Client client) throws Exception {
    client.get("/a");
    Visit visit = entered("/a");
    client.goAway();
    visit.assertStays();
    return visit;
  }

  @Test
  void theTimeOfAnHttp1HeaderConcernsNoHttp2Connection() throws Exception {
    needs(HEADER_TIMEOUT);
    Http2Client client = client(settings().withHeaderTimeout(SHORT));
    Stream stream = client.get("/a");
    Visit visit = entered("/a");
    assertEquals(ok("/now 0"), client.get("/now").answer());
    client.ping();
    visit.assertStaysFor(SHORT.multipliedBy(3));
    visit.release();
    assertEquals(ok("/a 0"), stream.answer());
    assertTrue(client.isOpen());
  }
}
