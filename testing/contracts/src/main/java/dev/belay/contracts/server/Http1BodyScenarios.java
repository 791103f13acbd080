package dev.belay.contracts.server;

import static dev.belay.contracts.server.ServerFeature.BODY_ENDS;
import static dev.belay.contracts.server.ServerFeature.CHUNK_LIMITS;
import static dev.belay.contracts.server.ServerFeature.CUT_OFF_BODY_ANSWERED;
import static dev.belay.contracts.server.ServerFeature.GONE_BEHIND_ANY_BYTES;
import static dev.belay.contracts.server.ServerFeature.GONE_BEHIND_BODY;
import static dev.belay.contracts.server.ServerFeature.STREAMED_REQUESTS;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.belay.contracts.socket.Answer;
import dev.belay.contracts.socket.Http1Client;
import dev.belay.contracts.socket.HttpClientByHand.Pending;
import java.io.EOFException;
import java.net.SocketException;
import org.junit.jupiter.api.Test;

/**
 * What a host must notice about an HTTP/1.1 client that owes it a body, and what such a body may
 * not do to it.
 */
abstract class Http1BodyScenarios extends RequestScenarios<Http1Client> {
  private static final int RESETS = 20;

  private static final String CHUNKED =
      "POST %s HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n";

  Http1BodyScenarios(ServerContract contract) {
    super(contract);
  }

  @Override
  Pending postSlowly(Http1Client client, String path) throws Exception {
    client.postHeader(path, 40);
    client.send("b".repeat(20));
    return client::answer;
  }

  @Override
  Pending getUnread(Http1Client client, String path) throws Exception {
    return client.get(path);
  }

  interface Leaving {
    void leave(Http1Client client) throws Exception;
  }

  void assertNoticed(Visit visit, Http1Client client, Leaving leaving) throws Exception {
    leaving.leave(client);
    visit.awaitGone();
  }

  // ---- gone after, amid, or before the body

  @Test
  void aClosedConnectionIsNoticedAfterTheBodyIsRead() throws Exception {
    Http1Client client = client();
    client.post("/a", 20);
    assertNoticed(entered("/a"), client, Http1Client::close);
  }

  @Test
  void aResetConnectionIsNoticedAfterTheBodyIsRead() throws Exception {
    Http1Client client = client();
    client.post("/a", 20);
    assertNoticed(entered("/a"), client, Http1Client::reset);
  }

  @Test
  void aClosedConnectionIsNoticedAfterALongBodyIsRead() throws Exception {
    Http1Client client = client();
    client.post("/a", 300_000);
    assertNoticed(entered("/a"), client, Http1Client::close);
  }

  @Test
  void aClosedConnectionIsNoticedAfterABodyThatCameInParts() throws Exception {
    needs(STREAMED_REQUESTS);
    Http1Client client = client();
    client.postHeader("/reading", 40);
    Visit visit = entered("/reading");
    client.send("b".repeat(20));
    visit.assertStays();
    client.send("b".repeat(20));
    visit.assertStays();
    assertNoticed(visit, client, Http1Client::close);
  }

  @Test
  void aClosedConnectionIsNoticedWhileTheHandlerWaitsForTheBody() throws Exception {
    needs(STREAMED_REQUESTS);
    waitingForTheBodyThen(Http1Client::close);
  }

  @Test
  void aResetConnectionIsNoticedWhileTheHandlerWaitsForTheBody() throws Exception {
    needs(STREAMED_REQUESTS);
    waitingForTheBodyThen(Http1Client::reset);
  }

  private void waitingForTheBodyThen(Leaving leaving) throws Exception {
    Http1Client client = client();
    client.postHeader("/reading/stubborn", 40);
    Visit visit = entered("/reading/stubborn");
    client.send("b".repeat(20));
    visit.assertStays();
    assertNoticed(visit, client, leaving);
  }

  @Test
  void aClosedConnectionIsNoticedAmidABodyThatNobodyReads() throws Exception {
    needs(GONE_BEHIND_BODY);
    unreadThen(Http1Client::close);
  }

  @Test
  void aResetConnectionIsNoticedAmidABodyThatNobodyReads() throws Exception {
    needs(GONE_BEHIND_BODY);
    unreadThen(Http1Client::reset);
  }

  private void unreadThen(Leaving leaving) throws Exception {
    Http1Client client = client();
    client.postHeader("/unread", 1000);
    client.send("b".repeat(20));
    assertNoticed(entered("/unread"), client, leaving);
  }

  @Test
  void aClosedConnectionIsNoticedBehindABodyLargerThanAnyBuffer() throws Exception {
    needs(GONE_BEHIND_ANY_BYTES);
    largeBodyThen(Http1Client::close);
  }

  @Test
  void aResetConnectionIsNoticedBehindABodyLargerThanAnyBuffer() throws Exception {
    needs(GONE_BEHIND_ANY_BYTES);
    largeBodyThen(Http1Client::reset);
  }

  private void largeBodyThen(Leaving leaving) throws Exception {
    Http1Client client = client();
    client.postHeader("/unread", 100_000);
    Visit visit = entered("/unread");
    client.send("b".repeat(100_000));
    visit.assertStays();
    assertNoticed(visit, client, leaving);
  }

  /** The end may be there before the server has begun to look for it. */
  @Test
  void aResetRightBehindALargeBodyIsNoticed() throws Exception {
    needs(GONE_BEHIND_ANY_BYTES);
    for (int i = 0; i < RESETS; i++) {
      Http1Client client = client();
      client.postHeader("/unread", 30_000);
      Visit visit = entered("/unread");
      client.send("b".repeat(30_000));
      assertNoticed(visit, client, Http1Client::reset);
    }
  }

  // ---- not HTTP

  @Test
  void aMalformedChunkIsTheClientsFault() throws Exception {
    needs(STREAMED_REQUESTS);
    for (String chunk :
        new String[] {"-1\r\n", "fffffffffffffffffff\r\n", "0x1\r\na\r\n", "g\r\n"}) {
      assertEquals(400, chunked(chunk).status(), chunk);
    }
  }

  @Test
  void aChunkThatDoesNotEndIsTheClientsFault() throws Exception {
    needs(STREAMED_REQUESTS);
    needs(CHUNK_LIMITS);
    assertEquals(400, chunked("1\r\nab\r\n").status());
    assertEquals(400, chunked("1;%s\r\na\r\n".formatted("x".repeat(16_000))).status());
  }

  private Answer chunked(String body) throws Exception {
    Http1Client client = client();
    client.send(CHUNKED.formatted("/now"));
    client.send(body);
    return client.answer();
  }

  @Test
  void aBodyThatIsHalfClosedIsTheClientsFault() throws Exception {
    needs(STREAMED_REQUESTS);
    Http1Client client = client();
    client.postHeader("/reading", 40);
    entered("/reading");
    client.halfClose();
    assertEquals(400, client.answer().status());
  }

  /** Whichever comes first: that the body is read, or that the end of the connection is noticed. */
  @Test
  void aBodyThatIsHalfClosedAtOnceIsTheClientsFault() throws Exception {
    needs(STREAMED_REQUESTS);
    for (int i = 0; i < RESETS; i++) {
      Http1Client client = client();
      client.postHeader("/reading", 40);
      client.send("b");
      client.halfClose();
      try {
        assertEquals(400, client.answer().status());
      } catch (SocketException | EOFException brokenOff) {
        if (supports(CUT_OFF_BODY_ANSWERED)) {
          throw brokenOff;
        }
      }
    }
  }

  @Test
  void aChunkedBodyThatStopsEndsWithTheContext() throws Exception {
    needs(STREAMED_REQUESTS);
    needs(BODY_ENDS);
    Http1Client client = client(settings().withRequestLimit(MINUTE));
    client.send(CHUNKED.formatted("/reading"));
    client.send("1\r\na\r\n0\r\nX:");
    Visit visit = entered("/reading"); // it waits in the trailers
    visit.assertStays();
    clock().advance(MINUTE);
    assertEquals(504, client.answer().status());
  }
}
