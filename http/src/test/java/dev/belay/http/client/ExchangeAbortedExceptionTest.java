package dev.belay.http.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ExchangeAbortedExceptionTest {
  private static final Duration ELAPSED = Duration.ofMillis(312);

  private static HttpRequest post(String uri) {
    return HttpRequest.newBuilder(URI.create(uri)).POST(BodyPublishers.noBody()).build();
  }

  @Test
  void theMessageSaysWhatHappenedWithoutSecrets() {
    var request = post("https://user:secret@shop.example:8443/orders/7?token=secret#secret");
    var aborted =
        ExchangeAbortedException.readingBody(request, 10, ELAPSED, new IOException("closed"));
    assertThat(aborted)
        .hasMessage(
            "POST https://shop.example:8443/orders/7 aborted after 312 ms,"
                + " reading the response's body after 10 bytes");
    assertThat(aborted.bytes()).isEqualTo(10);
    assertThat(aborted.elapsed()).isEqualTo(ELAPSED);
  }

  @Test
  void anExchangeWithoutResponseSaysSo() {
    var aborted =
        ExchangeAbortedException.awaitingHeaders(post("http://shop.example"), ELAPSED, null);
    assertThat(aborted)
        .hasMessage(
            "POST http://shop.example aborted after 312 ms, waiting for the response's headers");
    assertThat(aborted.bytes()).isZero();
  }

  @Test
  void aLongUrlIsCut() {
    var aborted =
        ExchangeAbortedException.awaitingHeaders(
            post("http://shop.example/" + "x".repeat(10_000)), ELAPSED, null);
    assertThat(aborted.getMessage()).hasSizeLessThan(300).contains("xxx… aborted");
  }
}
