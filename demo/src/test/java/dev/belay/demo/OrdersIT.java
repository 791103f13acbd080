package dev.belay.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a customer sees: orders, products, and clear answers to what is wrong. */
class OrdersIT extends EmbeddedShopTesting {

  @Test
  void anOrderIsTakenAndConfirmedByMail() throws Exception {
    HttpResponse<String> answer = order(ORDER);
    assertThat(answer.statusCode()).isEqualTo(201);
    assertThat(answer.body()).matches("\\{\"id\":[0-9]+,\"status\":\"CONFIRMED\",\"total\":2.18}");
    String location = answer.headers().firstValue("Location").orElseThrow();
    HttpResponse<String> found =
        http.send(
            to(location).header("Authorization", "Bearer demo").build(), BodyHandlers.ofString());
    assertThat(found.statusCode()).isEqualTo(200);
    assertThat(found.body()).isEqualTo(answer.body());

    String messageId = "<order-" + location.replaceAll("\\D", "") + "@belay.example>";
    assertThat(shop.mailServer().waitForIncomingEmail(20_000, 1)).isTrue();
    while (Arrays.stream(shop.mailServer().getReceivedMessages())
        .noneMatch(mail -> id(mail).equals(messageId))) {
      Thread.onSpinWait();
    }
  }

  private static String id(jakarta.mail.internet.MimeMessage mail) {
    try {
      return mail.getMessageID();
    } catch (jakarta.mail.MessagingException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void productsAreListed() throws Exception {
    HttpResponse<String> answer =
        http.send(to("/products?limit=3").build(), BodyHandlers.ofString());
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).startsWith("[{\"id\":1,\"name\":\"Product 1\",\"price\":1.09,");
  }

  @Test
  void theShopSaysThatItIsUp() throws Exception {
    assertThat(http.send(to("/healthz").build(), BodyHandlers.ofString()).body())
        .isEqualTo("{\"status\":\"up\"}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          nope                                                             | is not JSON
          [1]                                                              | does not have the expected type
          null                                                             | must be a JSON object
          {}                                                               | email must be
          {"email":"ada@example.org"}                                      | items must be
          {"email":"ada@example.org","items":[]}                           | items must be
          {"email":"ada@example.org","items":[null]}                       | needs a productId
          {"email":"ada@example.org","items":{"productId":1}}              | items does not have the expected type
          {"email":"ada@example.org","items":[{"productId":"1"}]}          | productId does not have the expected type
          {"email":"ada@example.org","items":[{"productId":1}]}            | quantity of product 1
          {"email":"ada@example.org","items":[{"productId":1,"quantity":0}]}  | quantity of product 1
          {"email":"ada@example.org","items":[{"productId":1,"quantity":-3}]} | quantity of product 1
          {"email":"ada@example.org","items":[{"productId":1,"quantity":1.5}]} | quantity does not have the expected type
          {"email":"ada@example.org","items":[{"productId":1001,"quantity":1}]} | there is no product 1001
          {"email":"ada@example.org","items":[{"productId":1,"quantity":1},{"productId":1,"quantity":1}]} | listed twice
          {"email":"ada@example.org","items":[{"productId":1,"quantity":1}],"x":1} | x does not have the expected type
          {"email":"ada\\nexample","items":[{"productId":1,"quantity":1}]} | email must be
          """)
  void badInputGetsAClearAnswer(String body, String expected) throws Exception {
    long orders = number("select count(*) from orders");
    HttpResponse<String> answer = order(body);
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body()).contains(expected).contains("\"id\":");
    assertThat(number("select count(*) from orders")).isEqualTo(orders);
    assertThat(number("select count(*) from reservation where status = 'held'")).isZero();
  }

  @Test
  void anUnknownKeyOfAnyLengthIsAnsweredBriefly() throws Exception {
    HttpResponse<String> answer = order("{\"" + "k".repeat(30_000) + "\":1}");
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body()).hasSizeLessThan(400).contains("kkkk");
  }

  @Test
  void anOrderThatIsSentFiftyTimesUnderOneKeyIsTakenOnce() throws Exception {
    long orders = number("select count(*) from orders");
    String key = UUID.randomUUID().toString();
    List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      answers.add(http.sendAsync(keyed(key, ORDER), BodyHandlers.ofString()));
    }
    Set<String> bodies = new HashSet<>();
    for (var answer : answers) {
      assertThat(answer.get().statusCode()).isEqualTo(201);
      bodies.add(answer.get().body());
    }
    assertThat(bodies).hasSize(1);
    assertThat(number("select count(*) from orders")).isEqualTo(orders + 1);
    assertThat(number("select count(*) from reservation where status = 'held'")).isZero();
    assertThat(number("select count(*) from charge where status = 'captured'"))
        .isEqualTo(number("select count(*) from orders"));
  }

  @Test
  void anotherOrderUnderTheSameKeyIsRefused() throws Exception {
    String key = UUID.randomUUID().toString();
    assertThat(http.send(keyed(key, ORDER), BodyHandlers.ofString()).statusCode()).isEqualTo(201);
    HttpResponse<String> other =
        http.send(
            keyed(key, ORDER.replace("\"quantity\":", "\"quantity\":1")), BodyHandlers.ofString());
    assertThat(other.statusCode()).isEqualTo(422);
    assertThat(other.body()).contains("Idempotency-Key");
    HttpResponse<String> bad = http.send(keyed("a b", ORDER), BodyHandlers.ofString());
    assertThat(bad.statusCode()).isEqualTo(400);
  }

  @Test
  void aFullDiskIsNoFaultOfTheOrder() throws Exception {
    long orders = number("select count(*) from orders");
    execute(
        """
        create function full_disk() returns trigger language plpgsql as
          $$ begin raise exception 'could not extend file' using errcode = 'disk_full'; end $$;
        create trigger full_disk before insert on orders execute function full_disk();
        """);
    try {
      HttpResponse<String> answer = order(ORDER);
      assertThat(answer.statusCode()).isEqualTo(503);
      assertThat(answer.body()).contains("nothing of it is left");
    } finally {
      execute("drop trigger full_disk on orders; drop function full_disk");
    }
    assertThat(number("select count(*) from orders")).isEqualTo(orders);
    assertThat(number("select count(*) from reservation where status = 'held'")).isZero();
    assertThat(order(ORDER).statusCode()).isEqualTo(201);
  }

  private static void execute(String statements) throws SQLException {
    try (var connection = shop.pool().getConnection();
        var sql = connection.createStatement()) {
      sql.execute(statements);
    }
  }

  private static HttpRequest keyed(String key, String order) {
    return to("/orders")
        .header("Authorization", "Bearer demo")
        .header("Idempotency-Key", key)
        .POST(BodyPublishers.ofString(order))
        .build();
  }

  @Test
  void aBodyOverTheLimitIsRefused() throws Exception {
    HttpResponse<String> answer = order("x".repeat(100_000));
    assertThat(answer.statusCode()).isEqualTo(413);
    assertThat(answer.body()).contains("longer than 65536 bytes");
  }

  @ParameterizedTest
  @CsvSource({
    "GET,/nope,404",
    "DELETE,/orders,405",
    "POST,/healthz,405",
    "GET,/products?limit=x,400"
  })
  void anUnknownPathOrMethodIsTold(String method, String path, int status) throws Exception {
    HttpResponse<String> answer =
        http.send(
            to(path).method(method, BodyPublishers.noBody()).build(), BodyHandlers.ofString());
    assertThat(answer.statusCode()).isEqualTo(status);
    assertThat(answer.body()).startsWith("{\"status\":");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "Bearer", "Bearer wrong", "Basic demo"})
  void withoutASessionNothingIsDone(String session) throws Exception {
    var request = to("/orders").POST(BodyPublishers.ofString(ORDER));
    if (!session.isEmpty()) {
      request.header("Authorization", session);
    }
    HttpResponse<String> answer = http.send(request.build(), BodyHandlers.ofString());
    assertThat(answer.statusCode()).isEqualTo(401);
    assertThat(answer.headers().firstValue("WWW-Authenticate")).hasValue("Bearer");
    assertThat(answer.body()).doesNotContain("wrong");
  }

  @Test
  void anOrderThatIsUnknownIsNotFound() throws Exception {
    HttpResponse<String> answer =
        http.send(
            to("/orders/999999").header("Authorization", "Bearer demo").build(),
            BodyHandlers.ofString());
    assertThat(answer.statusCode()).isEqualTo(404);
  }
}
