package dev.belay.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A customer hangs up, and everything done for him stops. */
class LeavingCustomerIT extends EmbeddedShopTesting {
  private static final String SLEEPING =
      "select count(*) from pg_stat_activity where state = 'active' and query like '%pg_sleep%'"
          + " and pid <> pg_backend_pid()";

  @ParameterizedTest
  @ValueSource(strings = {"stock", "charge", "order"})
  void theQueryEndsAndNothingIsKept(String step) throws Exception {
    long orders = number("select count(*) from orders");
    try (Socket customer = slowOrder(step)) {
      awaitSleeping(1);
    }
    assertThat(shop.awaitAnswered(Duration.ofSeconds(20))).isTrue();
    assertThat(number(SLEEPING)).isZero();
    assertThat(number("select count(*) from orders")).isEqualTo(orders);
    assertThat(number("select count(*) from mail where status = 'pending'")).isZero();
    assertThat(number("select count(*) from reservation where status = 'held'")).isZero();
    assertThat(number("select count(*) from charge where status = 'captured'"))
        .isEqualTo(number("select count(*) from orders"));
    assertThat(
            number(
                "select count(*) from product where initial_stock - stock <>"
                    + " coalesce((select sum(quantity) from reservation_item i join reservation r"
                    + " using (order_key) where i.product_id = product.id"
                    + " and r.status = 'sold'), 0)"))
        .isZero();
    assertThat(shop.liveContexts()).isEmpty();
  }

  @Test
  void aResetCountsAsLeaving() throws Exception {
    Socket customer = slowOrder("charge");
    awaitSleeping(1);
    customer.setSoLinger(true, 0);
    customer.close();
    assertThat(shop.awaitAnswered(Duration.ofSeconds(20))).isTrue();
    assertThat(number(SLEEPING)).isZero();
  }

  @Test
  void aDeadlineEndsTheOrderAndSaysSo() throws Exception {
    HttpResponse<String> answer =
        order(ORDER, "X-Demo-Slow", "charge=60s", "Belay-Timeout-Ms", "300");
    assertThat(answer.statusCode()).isEqualTo(504);
    assertThat(answer.body()).contains("time was up");
    assertThat(shop.awaitAnswered(Duration.ofSeconds(20))).isTrue();
    assertThat(number(SLEEPING)).isZero();
  }

  private static Socket slowOrder(String step) throws IOException {
    var socket = new Socket(InetAddress.getLoopbackAddress(), shop.address().getPort());
    socket
        .getOutputStream()
        .write(
            ("POST /orders HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer demo\r\n"
                    + "X-Demo-Slow: "
                    + step
                    + "=60s\r\nContent-Length: "
                    + ORDER.length()
                    + "\r\n\r\n"
                    + ORDER)
                .getBytes(StandardCharsets.US_ASCII));
    return socket;
  }

  private static void awaitSleeping(long queries) throws Exception {
    while (number(SLEEPING) != queries) {
      Thread.onSpinWait();
    }
  }
}
