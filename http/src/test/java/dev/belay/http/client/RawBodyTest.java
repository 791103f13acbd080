package dev.belay.http.client;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Flow;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * How a body's exchange is ended. That the JDK's client does so then, and in turn with what it
 * receives, {@link ContextHttpClientContractIT} and {@link ContextHttpClientStormIT} see.
 */
class RawBodyTest {
  private static final HttpRequest GET = request("GET");

  /** What the JDK's client is told. */
  private final List<String> told = new ArrayList<>();

  private final Flow.Subscription subscription =
      new Flow.Subscription() {
        @Override
        public void request(long n) {
          told.add("request " + n);
        }

        @Override
        public void cancel() {
          told.add("cancel");
        }
      };

  private static HttpRequest request(String method) {
    return HttpRequest.newBuilder(URI.create("http://localhost/"))
        .method(method, HttpRequest.BodyPublishers.noBody())
        .build();
  }

  private static InputStream stream(RawBody body) {
    return body.getBody().toCompletableFuture().join();
  }

  @Test
  void overHttp1TheExchangeIsEndedInTurn() throws Exception {
    var body = new RawBody(GET, Head.of(200, Version.HTTP_1_1, Map.of("content-length", "4")));
    body.onSubscribe(subscription);
    stream(body).close();
    assertThat(told).containsExactly("request 1", "request -1");
  }

  @Test
  void aStreamThatIsClosedBeforeItBeginsEndsTheExchangeInTurnToo() throws Exception {
    var body = new RawBody(GET, Head.of(200, Version.HTTP_1_1, Map.of()));
    stream(body).close();
    body.onSubscribe(subscription);
    assertThat(told).containsExactly("request -1");
  }

  @Test
  void overHttp2TheStreamIsReset() throws Exception {
    var body = new RawBody(GET, Head.of(200, Version.HTTP_2, Map.of("content-length", "4")));
    body.onSubscribe(subscription);
    stream(body).close();
    assertThat(told).containsExactly("request 1", "cancel");
  }

  @ParameterizedTest
  @CsvSource({"GET, 200, 0", "HEAD, 200, 4", "GET, 304, 4", "GET, 101, 4"})
  void aBodyWithoutAByteHasNothingToEnd(String method, int status, String length) throws Exception {
    var head = Head.of(status, Version.HTTP_1_1, Map.of("content-length", length));
    var body = new RawBody(request(method), head);
    body.onSubscribe(subscription);
    stream(body).close();
    assertThat(told).containsExactly("request 1");
  }

  @Test
  void whatWasReceivedIsRead() throws Exception {
    var body = new RawBody(GET, Head.of(200, Version.HTTP_1_1, Map.of("content-length", "2")));
    body.onSubscribe(subscription);
    body.onNext(List.of(ByteBuffer.wrap("ok".getBytes(ISO_8859_1))));
    body.onComplete();
    assertThat(stream(body)).hasContent("ok");
    stream(body).close();
    assertThat(told).containsOnly("request 1");
  }

  @Test
  void aFailureIsReadUnlessItIsOurs() throws Exception {
    var failed = new RawBody(GET, Head.of(200, Version.HTTP_1_1, Map.of()));
    failed.onSubscribe(subscription);
    failed.onError(new IOException("cut"));
    assertThatThrownBy(() -> stream(failed).read()).hasRootCauseMessage("cut");

    var closed = new RawBody(GET, Head.of(200, Version.HTTP_1_1, Map.of()));
    closed.onSubscribe(subscription);
    stream(closed).close();
    closed.onError(new IllegalArgumentException("request -1"));
    assertThatThrownBy(() -> stream(closed).read()).isInstanceOf(IOException.class).hasNoCause();
  }
}
