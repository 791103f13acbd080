package dev.belay.demo;

import dev.belay.Context;
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
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** A shop of its own for each class: real PostgreSQL, real SMTP, real sockets. */
@SharedThreads({
  "orders",
  "payments-http",
  "smtp:",
  "HttpClient-",
  "Connector-Scheduler",
  "Scheduler-"
})
abstract class ShopTesting {
  static final String ORDER =
      "{\"email\":\"ada@example.org\",\"items\":[{\"productId\":1,\"quantity\":2}]}";

  static OrderService shop;
  static HttpClient http;

  @BeforeAll
  static void open() throws Exception {
    shop = OrderService.start(Context.background(), Settings.embedded());
    http = HttpClient.newHttpClient();
  }

  @AfterAll
  static void close() {
    http.close();
    shop.close();
  }

  static HttpRequest.Builder to(String path) {
    return HttpRequest.newBuilder(URI.create(shop.address() + path));
  }

  static HttpResponse<String> order(String body, String... headers) throws Exception {
    HttpRequest.Builder request =
        to("/orders").header("Authorization", "Bearer demo").POST(BodyPublishers.ofString(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return http.send(request.build(), BodyHandlers.ofString());
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
