package dev.belay.jetty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.jetty.Http2Client.Exchange;
import dev.belay.jetty.ServerUnderTest.Settings;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * What a host must notice about an HTTP/2 client while its handler blocks, and what it must not
 * take for its end.
 */
abstract class Http2Scenarios {
  /** A time-out that passes while a test looks on. */
  static final Duration SHORT = Duration.ofMillis(150);

  final Visits visits = new Visits();
  private final Deque<AutoCloseable> open = new ArrayDeque<>();

  /** The host under test. */
  abstract ServerUnderTest.Host host();

  /** A client of this kind of connection. */
  abstract Http2Client connect(ServerUnderTest server) throws Exception;

  @AfterEach
  void closeAll() throws Exception {
    visits.end();
    while (!open.isEmpty()) {
      open.pop().close();
    }
  }

  Http2Client client(Settings settings) throws Exception {
    ServerUnderTest server = host().start(settings, visits);
    open.push(server);
    Http2Client client = connect(server);
    open.push(client);
    return client;
  }

  Http2Client client() throws Exception {
    return client(Settings.DEFAULT);
  }

  /** A visit whose handler blocks by now. */
  Visit entered(String path) {
    Visit visit = visits.at(path);
    visit.awaitEntered();
    return visit;
  }

  // ---- gone

  @Test
  void aResetStreamIsNoticed() throws Exception {
    Exchange exchange = client().get("/a");
    Visit visit = entered("/a");
    exchange.reset();
    visit.awaitGone();
  }

  @Test
  void aResetStreamIsNoticedAfterTheBodyIsRead() throws Exception {
    Exchange exchange = client().postHeader("/a");
    exchange.data(20, true);
    Visit visit = entered("/a");
    exchange.reset();
    visit.awaitGone();
  }

  @Test
  void aResetStreamIsNoticedAmidABodyThatNobodyReads() throws Exception {
    Exchange exchange = client().postHeader("/unread");
    exchange.data(20, false);
    Visit visit = entered("/unread");
    exchange.reset();
    visit.awaitGone();
  }

  @Test
  void aResetStreamIsNoticedAmidAStreamedResponse() throws Exception {
    Exchange exchange = client().get("/stream");
    Visit visit = entered("/stream");
    exchange.reset();
    visit.awaitGone();
  }

  @Test
  void aResetStreamEndsAHandlerThatWaitsForTheBody() throws Exception {
    Exchange exchange = client().postHeader("/reading");
    exchange.data(20, false);
    Visit visit = entered("/reading");
    visit.assertStays();
    exchange.reset();
    visit.awaitLeft();
  }

  @Test
  void aClosedConnectionIsNoticedByAllItsStreams() throws Exception {
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
  void aResetConnectionIsNoticed() throws Exception {
    Http2Client client = client();
    client.get("/a");
    Visit visit = entered("/a");
    client.reset();
    visit.awaitGone();
  }

  // ---- not gone

  @Test
  void anotherStreamIsNoEndAndIsAnsweredMeanwhile() throws Exception {
    Http2Client client = client();
    Exchange first = client.get("/a");
    Visit visit = entered("/a");
    assertThat(client.get("/now").answer()).isEqualTo("/now 0");
    visit.assertStays();
    visit.release();
    assertThat(first.answer()).isEqualTo("/a 0");
  }

  @Test
  void theResetOfAnotherStreamIsNoEnd() throws Exception {
    Http2Client client = client();
    Exchange first = client.get("/a");
    Visit visit = entered("/a");
    Exchange second = client.get("/b");
    Visit other = entered("/b");
    second.reset();
    other.awaitGone();
    visit.assertStays();
    visit.release();
    assertThat(first.answer()).isEqualTo("/a 0");
  }

  @Test
  void aClientThatOpensNoMoreStreamsGetsItsAnswer() throws Exception {
    Http2Client client = client();
    Exchange exchange = client.get("/a");
    Visit visit = entered("/a");
    client.goAway();
    visit.assertStays();
    visit.release();
    assertThat(exchange.answer()).isEqualTo("/a 0");
  }

  @Test
  void aClientThatLeavesWithItsAnswerHasNotGone() throws Exception {
    Http2Client client = client();
    Exchange exchange = client.get("/a");
    Visit visit = entered("/a");
    visit.release();
    assertThat(exchange.answer()).isEqualTo("/a 0");
    client.cut();
    visit.assertStays();
  }

  @Test
  void aClientThatLeavesWithItsAnswerBeforeTheHandlerDoesHasNotGone() throws Exception {
    Http2Client client = client();
    Exchange exchange = client.get("/early");
    Visit visit = entered("/early");
    assertThat(exchange.answer()).isEqualTo("/early 0");
    client.cut();
    visit.assertStays();
  }

  @Test
  void aConnectionThatIsIdleWhileTheHandlerWorksIsKept() throws Exception {
    Http2Client client = client(Settings.DEFAULT.idleTimeout(SHORT));
    Exchange exchange = client.get("/a");
    Visit visit = entered("/a");
    visit.assertStaysFor(SHORT.multipliedBy(5));
    visit.release();
    assertThat(exchange.answer()).isEqualTo("/a 0");
  }

  @Test
  void aConnectionThatWasIdleWhileTheHandlerWorkedIsStillWatched() throws Exception {
    Http2Client client = client(Settings.DEFAULT.idleTimeout(SHORT));
    Exchange exchange = client.get("/a");
    Visit visit = entered("/a");
    visit.assertStaysFor(SHORT.multipliedBy(5));
    exchange.reset();
    visit.awaitGone();
  }

  @Test
  void theTimeOfAnHttp1HeaderConcernsNoHttp2Connection() throws Exception {
    Http2Client client = client(Settings.DEFAULT.headerTimeout(SHORT));
    Exchange exchange = client.get("/a");
    Visit visit = entered("/a");
    assertThat(client.get("/now").answer()).isEqualTo("/now 0");
    client.ping();
    visit.assertStaysFor(SHORT.multipliedBy(3));
    visit.release();
    assertThat(exchange.answer()).isEqualTo("/a 0");
    assertThat(client.isOpen()).isTrue();
  }
}
