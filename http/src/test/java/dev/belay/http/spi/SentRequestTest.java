package dev.belay.http.spi;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.http.ExchangeAbortedException.Phase;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SentRequestTest {
  private static final Duration ELAPSED = Duration.ofMillis(312);

  private static SentRequest post(String uri) {
    return new SentRequest("POST", URI.create(uri));
  }

  @Test
  void theMessageSaysWhatHappenedAndWhen() {
    var aborted =
        post("http://shop.example/orders")
            .aborted(ELAPSED, Phase.READING_BODY, "reading", 10, new IOException("closed"));
    assertThat(aborted).hasMessage("POST http://shop.example/orders aborted after 312 ms, reading");
    assertThat(aborted.bytes()).isEqualTo(10);
    assertThat(aborted.elapsed()).isEqualTo(ELAPSED);
    assertThat(aborted.phase()).isEqualTo(Phase.READING_BODY);
  }

  @Test
  void eachPhaseHasItsWords() {
    SentRequest sent = post("http://shop.example");
    assertThat(sent.connecting(null)).hasMessageEndingWith(" ms, connecting");
    assertThat(sent.awaitingHeaders(null))
        .hasMessageEndingWith("waiting for the response's headers");
    assertThat(sent.readingBody(10, null))
        .hasMessageEndingWith("reading the response's body after 10 bytes");
    assertThat(sent.connecting(null).phase()).isEqualTo(Phase.CONNECTING);
    assertThat(sent.awaitingHeaders(null).phase()).isEqualTo(Phase.AWAITING_HEADERS);
    assertThat(sent.beforeHeaders(null).phase()).isEqualTo(Phase.AWAITING_HEADERS);
  }

  @ParameterizedTest
  @CsvSource({
    "https://user:secret@shop.example:8443/orders/7?token=secret#secret,"
        + " https://shop.example:8443/orders/7",
    "http://us%40er:sec%40ret@shop_1.example/a%20b?secret, http://shop_1.example/a%20b",
    "http://[::1]:80?secret, http://[::1]:80"
  })
  void theUrlIsShownWithoutSecrets(String url, String shown) {
    assertThat(post(url).connecting(null)).hasMessageStartingWith("POST " + shown + " aborted");
  }

  @Test
  void aUrlIsShownInAscii() {
    String url = "http://shop.example/a\u202eb";
    assertThat(post(url).connecting(null))
        .hasMessageStartingWith("POST http://shop.example/a%E2%80%AEb aborted");
  }

  @Test
  void aLongUrlIsCut() {
    var aborted = post("http://shop.example/" + "x".repeat(10_000)).connecting(null);
    assertThat(aborted.getMessage()).hasSizeLessThan(300).contains("xxx… aborted");
  }
}
