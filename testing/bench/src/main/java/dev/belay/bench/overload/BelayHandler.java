package dev.belay.bench.overload;

import dev.belay.Context;
import dev.belay.http.client.ContextHttpClient;
import dev.belay.http.server.RequestContexts;
import dev.belay.jdbc.ContextDataSource;
import dev.belay.jetty.ContextHandler;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;

/** The work with Belay, as the quickstart does it: one limit for a request. */
final class BelayHandler {
  private final ContextDataSource database;
  private final ContextHttpClient http;
  private final String backend;

  private BelayHandler(ContextDataSource database, ContextHttpClient http, String backend) {
    this.database = database;
    this.http = http;
    this.backend = backend;
  }

  static ContextHandler of(
      Context root, Form form, DataSource pool, HttpClient http, String backend) {
    ContextDataSource ordered = ContextDataSource.wrap(pool);
    var handler =
        new BelayHandler(
            form == Form.ORDER ? ordered : ordered.withPermits(Integer.MAX_VALUE),
            ContextHttpClient.of(http),
            backend);
    return new ContextHandler(root, new RequestContexts(Service.LIMIT), handler::handle);
  }

  private void handle(Context ctx, Request request, Response response) throws Exception {
    Work work = Work.of(request);
    long first = query(ctx, work);
    HttpRequest call = HttpRequest.newBuilder(work.call(backend)).build();
    String middle = http.send(ctx, call, BodyHandlers.ofString()).body();
    long second = query(ctx, work);
    String answer = Work.answer(first, middle, second);
    Content.Sink.write(response, true, StandardCharsets.UTF_8.encode(answer));
  }

  private long query(Context ctx, Work work) throws SQLException {
    try (var connection = database.connection(ctx);
        var statement = work.prepare(connection)) {
      return Work.result(statement);
    }
  }
}
