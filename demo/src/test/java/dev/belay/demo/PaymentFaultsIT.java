package dev.belay.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import dev.belay.demo.storm.Books;
import dev.belay.demo.storm.Storm;
import java.net.http.HttpResponse;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The payment service charges, and answers garbage or nothing: no charge without an order stays.
 */
class PaymentFaultsIT extends ShopTesting {
  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: ";

  private static final String CAPTURED = "select count(*) from charge where captured";

  @AutoClose private static FaultyPayments payments;

  private final LogCapture log = LogCapture.open();
  private long orders;
  private long captured;

  @BeforeAll
  static void detour() throws Exception {
    payments = new FaultyPayments();
    open(Settings.embedded().withPayments(payments.address()));
    payments.passOnTo(shop.paymentAddress());
  }

  @BeforeEach
  void count() throws Exception {
    orders = number("select count(*) from orders");
    captured = number(CAPTURED);
  }

  static Stream<Arguments> garbage() {
    return Stream.of(
        argumentSet("no HTTP", "hello\u001b[31m\r\n\r\n"),
        argumentSet("a closed connection", "\r"),
        argumentSet("half a header", "HTTP/1.1 200 OK\r\nContent-"),
        argumentSet("half a body", OK + "100\r\n\r\n{\"status\":"),
        argumentSet("no body", OK + "0\r\n\r\n"),
        argumentSet("no JSON", OK + "5\r\n\r\nhello"),
        argumentSet("other JSON", OK + "4\r\n\r\n[{}]"),
        argumentSet("another word", OK + "19\r\n\r\n{\"status\":\"perhaps\"}"),
        argumentSet("a deep body", OK + "4000\r\n\r\n" + "[".repeat(4000)),
        argumentSet("a body without end", OK + "99999999\r\n\r\n" + "x".repeat(1_000_000)),
        argumentSet(
            "a chunk that is none", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx"),
        argumentSet("another status", "HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n"),
        argumentSet(
            "a redirect", "HTTP/1.1 302 Go\r\nLocation: http://[::\r\nContent-Length: 0\r\n\r\n"));
  }

  @ParameterizedTest
  @MethodSource("garbage")
  void garbageIsABadGatewayAndTheChargeIsVoided(String answer) throws Exception {
    payments.answerWith(answer);
    HttpResponse<String> refused = order(ORDER);
    assertThat(refused.statusCode()).isEqualTo(502);
    assertThat(log.assertExplained(refused.body()))
        .isEqualTo(
            "the payment service did not answer as it should; what was begun of it is being undone");
    assertThat(number(CAPTURED)).as("charges of the real service").isEqualTo(captured + 1);
  }

  @Test
  void aConnectionThatWasClosedIsNoReasonToRefuse() throws Exception {
    payments.hangUpOnce();
    assertThat(order(ORDER).statusCode()).isEqualTo(201);
    orders++;
    assertThat(number(CAPTURED)).as("charges of the real service").isEqualTo(captured + 1);
  }

  @Test
  void silenceIsCutOffByTheDeadline() throws Exception {
    payments.answerWith(FaultyPayments.SILENCE);
    HttpResponse<String> late = order(ORDER, "Belay-Timeout-Ms", "300");
    assertThat(late.statusCode()).isEqualTo(504);
    assertThat(log.assertExplained(late.body())).startsWith("time was up");
  }

  @Test
  void whatTheServiceItselfRefusesIsPassedOn() throws Exception {
    for (int status : new int[] {503, 504}) {
      payments.answerWith("HTTP/1.1 " + status + " No\r\nContent-Length: 0\r\n\r\n");
      HttpResponse<String> refused = order(ORDER);
      assertThat(refused.statusCode()).isEqualTo(status);
      log.assertExplained(refused.body());
    }
  }

  @AfterEach
  void onceTheServiceIsWellTheBooksBalance() throws Exception {
    log.close();
    payments.answerWith(null);
    Storm.awaitIdle(shop);
    assertThat(number("select count(*) from orders")).isEqualTo(orders);
    assertThat(Books.check(shop, CONFIRMED)).isEmpty();
    assertThat(order(ORDER).statusCode()).isEqualTo(201);
  }
}
