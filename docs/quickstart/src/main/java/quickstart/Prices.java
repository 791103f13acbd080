package quickstart;

import dev.belay.Context;
import dev.belay.http.client.ContextHttpClient;
import dev.belay.http.server.BadRequestException;
import dev.belay.jdbc.ContextDataSource;
import dev.belay.jdbc.Transactions;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;

/** Quotes prices in another currency: one query, and one call to the service that knows rates. */
final class Prices {
  private final ContextDataSource database;
  private final ContextHttpClient http;
  private final URI rates;

  Prices(ContextDataSource database, ContextHttpClient http, URI rates) {
    this.database = database;
    this.http = http;
    this.rates = rates;
  }

  // @start region=quote
  String quote(Context ctx, String product) throws Exception { // ctx ends when the client leaves
    try (var limited =
        ctx.withName("quote").withTimeout(Duration.ofSeconds(2))) { // … or time is up
      long cents = Transactions.call(limited, database, db -> price(db, product)); // the query ends
      var request = HttpRequest.newBuilder(rates).build();
      String rate = http.send(limited, request, BodyHandlers.ofString()).body(); // body included
      return convert(cents, rate);
    }
  }

  // @end region=quote

  // @start region=query
  private static long price(Connection db, String product) throws SQLException {
    try (var statement = db.prepareStatement("select cents from product where name = ?")) {
      statement.setString(1, product);
      try (var rows = statement.executeQuery()) {
        if (!rows.next()) {
          throw new BadRequestException("no such product");
        }
        return rows.getLong(1);
      }
    }
  }

  // @end region=query

  private static String convert(long cents, String rate) {
    return "%.2f".formatted(cents / 100.0 * Double.parseDouble(rate));
  }

  // @start region=endpoint
  /** GET /quote/PRODUCT. What it throws is answered by status: 400, 503, 504, or 500. */
  void handle(Context ctx, Request request, Response response) throws Exception {
    String path = request.getHttpURI().getCanonicalPath();
    String answer = quote(ctx, path.substring(path.lastIndexOf('/') + 1));
    Content.Sink.write(response, true, StandardCharsets.UTF_8.encode(answer));
  }
  // @end region=endpoint
}
