package dev.belay.contracts.server;

import static dev.belay.contracts.server.ServerFeature.GONE_BEHIND_ANY_BYTES;
import static dev.belay.contracts.server.ServerFeature.GONE_BEHIND_PIPELINED;
import static dev.belay.contracts.server.ServerFeature.HALF_CLOSE_ANSWERED;
import static dev.belay.contracts.server.ServerFeature.HALF_CLOSE_OPT_OUT;
import static dev.belay.contracts.server.ServerFeature.HEADER_TIMEOUT;
import static dev.belay.contracts.server.ServerFeature.IDLE_WHILE_HANDLING;
import static dev.belay.contracts.server.ServerFeature.STREAMED_REQUESTS;
import static dev.belay.contracts.server.ServerFeature.STREAMED_RESPONSES;
import static dev.belay.contracts.socket.Answer.ok;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.belay.contracts.socket.Http1Client;
import org.junit.jupiter.api.Test;

/**
 * What a host must notice about an HTTP/1.1 client while its handler blocks, and what it must not
 * take for its end.
 */
abstract class Http1Scenarios extends Http1BodyScenarios {

  Http1Scenarios(ServerContract contract) {
    super(contract);
  }

  // ---- gone

  @Test
  void aClosedConnectionIsNoticed() throws Exception {
    Http1Client client = client();
    client.get("/a");
    assertNoticed(entered("/a"), client, Http1Client::close);
  }

  @Test
  void aConnectionCutBelowIsNoticed() throws Exception {
    Http1Client client = client();
    client.get("/a");
    assertNoticed(entered("/a"), client, Http1Client::cut);
  }

  @Test
  void aResetConnectionIsNoticed() throws Exception {
    Http1Client client = client();
    client.get("/a");
    assertNoticed(entered("/a"), client, Http1Client::reset);
  }

  /** Such a request may reach no handler at all; one that it reaches must learn of the end. */
  @Test
  void aClientThatLeavesAtOnceLeavesNoHandlerBehind() throws Exception {
    ServerUnderTest server = serve(settings());
    for (int i = 0; i < 20; i++) {
      try (Http1Client client = connect(server)) {
        client.get("/a/" + i);
        if (i % 2 == 0) {
          client.reset();
        }
      }
    }
    try (Http1Client client = connect(server)) {
      assertEquals(ok("/now 0"), client.get("/now").answer());
    }
    assertNoHandlerStays("/a/", 20);
  }

  @Test
  void aClosedConnectionIsNoticedByALaterRequestOfTheConnection() throws Exception {
    Http1Client client = client();
    assertEquals(ok("/now 0"), client.get("/now").answer());
    client.get("/a");
    assertNoticed(entered("/a"), client, Http1Client::close);
    visits.at("/now").assertStays();
  }

  @Test
  void aConnectionThatWasIdleWhileTheHandlerWorkedIsStillWatched() throws Exception {
    needs(IDLE_WHILE_HANDLING);
    Http1Client client = client(settings().withIdleTimeout(SHORT));
    client.get("/a");
    Visit visit = entered("/a");
    visit.assertStaysFor(SHORT.multipliedBy(5));
    assertNoticed(visit, client, Http1Client::close);
  }

  // ---- gone behind a pipelined request

  @Test
  void aClosedConnectionIsNoticedBehindAPipelinedRequest() throws Exception {
    needs(GONE_BEHIND_PIPELINED);
    pipelinedThen(Http1Client::close);
  }

  @Test
  void aResetConnectionIsNoticedBehindAPipelinedRequest() throws Exception {
    needs(GONE_BEHIND_PIPELINED);
    pipelinedThen(Http1Client::reset);
  }

  private void pipelinedThen(Leaving leaving) throws Exception {
    Http1Client client = client();
    client.get("/a");
    Visit visit = entered("/a");
    client.get("/now");
    visit.assertStays();
    assertNoticed(visit, client, leaving);
  }

  @Test
  void aClosedConnectionIsNoticedBehindManyPipelinedRequests() throws Exception {
    needs(GONE_BEHIND_ANY_BYTES);
    manyPipelinedThen(Http1Client::close);
  }

  @Test
  void aResetConnectionIsNoticedBehindManyPipelinedRequests() throws Exception {
    needs(GONE_BEHIND_ANY_BYTES);
    manyPipelinedThen(Http1Client::reset);
  }

  private void manyPipelinedThen(Leaving leaving) throws Exception {
    Http1Client client = client();
    client.get("/a");
    Visit visit = entered("/a");
    for (int i = 0; i < 1000; i++) {
      client.get("/now");
    }
    visit.assertStays();
    assertNoticed(visit, client, leaving);
  }

  // ---- gone amid the response

  @Test
  void aClosedConnectionIsNoticedAmidAStreamedResponse() throws Exception {
    needs(STREAMED_RESPONSES);
    Http1Client client = client();
    client.get("/stream");
    Visit visit = entered("/stream");
    client.answerHeader();
    assertNoticed(visit, client, Http1Client::close);
  }

  @Test
  void aResetConnectionIsNoticedWhileTheHandlerWrites() throws Exception {
    needs(STREAMED_RESPONSES);
    Http1Client client = client();
    client.get("/flood");
    Visit visit = entered("/flood");
    visit.awaitStuck();
    assertNoticed(visit, client, Http1Client::reset);
    visit.awaitLeft();
  }

  // ---- half-closed

  @Test
  void aHalfClosedConnectionCountsAsGone() throws Exception {
    Http1Client client = client();
    client.get("/a");
    assertNoticed(entered("/a"), client, Http1Client::halfClose);
  }

  @Test
  void aHalfClosedConnectionIsAnsweredStill() throws Exception {
    needs(HALF_CLOSE_ANSWERED);
    Http1Client client = client();
    client.get("/a");
    Visit visit = entered("/a");
    assertNoticed(visit, client, Http1Client::halfClose);
    visit.release();
    assertEquals(ok("/a 0"), client.answer());
  }

  @Test
  void aHalfClosedConnectionIsServedIfSoSet() throws Exception {
    needs(HALF_CLOSE_OPT_OUT);
    Http1Client client = client(settings().withHalfCloseServed());
    client.get("/a");
    Visit visit = entered("/a");
    client.halfClose();
    visit.assertStays();
    visit.release();
    assertEquals(ok("/a 0"), client.answer());
    client.awaitClosed();
  }

  @Test
  void aResetConnectionIsNoticedAlsoWhereAHalfCloseIsNot() throws Exception {
    needs(HALF_CLOSE_OPT_OUT);
    Http1Client client = client(settings().withHalfCloseServed());
    client.get("/a");
    assertNoticed(entered("/a"), client, Http1Client::reset);
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
    assertEquals(ok("/a 0"), client.answer());
    assertEquals(ok("/now 0"), client.answer());
    visit.assertStays();
  }

  @Test
  void pipelinedRequestsBeyondWhatIsKeptAreAnswered() throws Exception {
    Http1Client client = client();
    client.get("/a");
    Visit visit = entered("/a");
    client.post("/now", 100_000);
    client.get("/now/2");
    visit.assertStays();
    visit.release();
    assertEquals(ok("/a 0"), client.answer());
    assertEquals(ok("/now 100000"), client.answer());
    assertEquals(ok("/now/2 0"), client.answer());
    visit.assertStays();
  }

  @Test
  void aPipelinedRequestIsHandledOnTheSameKindOfThread() throws Exception {
    Http1Client client = client();
    client.get("/a");
    Visit visit = entered("/a");
    client.get("/b");
    visit.assertStays();
    visit.release();
    assertEquals(ok("/a 0"), client.answer());
    assertEquals(
        visit.awaitEntered().isVirtual(), visits.at("/b").awaitEntered().isVirtual(), "virtual");
  }

  // ---- the header's time

  @Test
  void aConnectionWhoseHeaderComesTooSlowlyIsClosed() throws Exception {
    needs(HEADER_TIMEOUT);
    Http1Client client = client(settings().withHeaderTimeout(SHORT));
    client.send("GET /a HTTP/1.1\r\nHost: localhost\r\n");
    client.awaitClosed();
  }

  @Test
  void aLaterHeaderThatComesTooSlowlyClosesTheConnection() throws Exception {
    needs(HEADER_TIMEOUT);
    Http1Client client = client(settings().withHeaderTimeout(SHORT));
    assertEquals(ok("/now 0"), client.get("/now").answer());
    client.send("GET /a HTTP/1.1\r\n");
    client.awaitClosed();
  }

  @Test
  void theTimeOfTheHeaderIsNotTheTimeOfTheBodyNorOfTheHandler() throws Exception {
    needs(HEADER_TIMEOUT);
    needs(STREAMED_REQUESTS);
    Http1Client client = client(settings().withHeaderTimeout(SHORT));
    client.postHeader("/reading", 20);
    Visit visit = entered("/reading");
    client.send("b".repeat(10));
    visit.assertStaysFor(SHORT.multipliedBy(3));
    client.send("b".repeat(10));
    visit.assertStaysFor(SHORT.multipliedBy(3));
    visit.release();
    assertEquals(ok("/reading 20"), client.answer());
  }

  @Test
  void theTimeOfTheHeaderIsNotTheTimeBetweenRequests() throws Exception {
    needs(HEADER_TIMEOUT);
    Http1Client client = client(settings().withHeaderTimeout(SHORT));
    client.get("/a");
    Visit visit = entered("/a");
    visit.release();
    assertEquals(ok("/a 0"), client.answer());
    visits.at("/never").assertStaysFor(SHORT.multipliedBy(3));
    assertEquals(ok("/now 0"), client.get("/now").answer());
  }
}
