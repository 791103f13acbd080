package dev.belay.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Context;
import dev.belay.demo.storm.Books;
import dev.belay.demo.storm.Storm;
import dev.belay.testkit.SharedThreads;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** A shop of its own for each class: real PostgreSQL, real SMTP, real sockets. */
@SharedThreads({
  "orders",
  "payments-http",
  "smtp:",
  "HttpClient-",
  "Connector-Scheduler",
  "Scheduler-",
  "database-claim",
  "undoing",
  "mail-",
  "faulty-",
  "fault-proxy"
})
abstract class ShopTesting {
  static final String ORDER =
      "{\"email\":\"ada@example.org\",\"items\":[{\"productId\":1,\"quantity\":2}]}";

  /** The orders of the class that were answered 201. */
  static final List<Long> CONFIRMED = new CopyOnWriteArrayList<>();

  static OrderService shop;
  static HttpClient http;

  /** Opens a shop, in the place of the one that there may be. */
  static void open(Settings settings) throws Exception {
    if (shop != null) {
      shop.close();
    }
    shop = OrderService.start(Context.background(), settings);
  }

  @BeforeAll
  static void openClient() {
    http = HttpClient.newHttpClient();
    CONFIRMED.clear();
  }

  @AfterAll
  static void close() throws Exception {
    try {
      assertSound(shop);
    } finally {
      http.close();
      shop.close();
      shop = null;
    }
  }

  static HttpRequest.Builder to(String path) {
    return HttpRequest.newBuilder(URI.create(shop.address() + path));
  }

  static HttpResponse<String> order(String body, String... headers) throws Exception {
    return order(shop, body, headers);
  }

  static HttpResponse<String> order(OrderService service, String body, String... headers)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(service.address() + "/orders"))
            .header("Authorization", "Bearer demo")
            .POST(BodyPublishers.ofString(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    HttpResponse<String> answer = http.send(request.build(), BodyHandlers.ofString());
    if (answer.statusCode() == 201) {
      CONFIRMED.add(Long.valueOf(answer.body().replaceAll("\\{\"id\":([0-9]+),.*", "$1")));
    }
    return answer;
  }

  /** That the service takes an order, has then nothing left to do, and the books balance. */
  static void assertSound(OrderService service) throws Exception {
    HttpResponse<String> answer = order(service, ORDER);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
    Storm.awaitIdle(service);
    assertThat(Books.check(service, CONFIRMED)).isEmpty();
  }

  static long number(String query) throws SQLException {
    try (Connection connection = shop.pool().getConnection();
        Statement sql = connection.createStatement();
        var row = sql.executeQuery(query)) {
      row.next();
      return row.getLong(1);
    }
  }
}
