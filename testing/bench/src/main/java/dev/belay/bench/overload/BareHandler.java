package dev.belay.bench.overload;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.sql.SQLTransientConnectionException;
import javax.sql.DataSource;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** The work as a careful team does it without Belay: a time-out for each step. */
final class BareHandler extends Handler.Abstract {
  private final DataSource pool;
  private final HttpClient http;
  private final String backend;

  BareHandler(DataSource pool, HttpClient http, String backend) {
    this.pool = pool;
    this.http = http;
    this.backend = backend;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    try {
      String answer = answer(Work.of(request));
      Content.Sink.write(response, true, StandardCharsets.UTF_8.encode(answer));
      callback.succeeded();
    } catch (SQLTimeoutException | SQLTransientConnectionException | HttpTimeoutException e) {
      Response.writeError(request, response, callback, 503, "a time-out has passed");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      Response.writeError(request, response, callback, 503, "interrupted");
    } catch (Exception e) {
      Response.writeError(request, response, callback, 500, "failed", e);
    }
    return true;
  }

  private String answer(Work work) throws Exception {
    long first = query(work);
    HttpRequest call = HttpRequest.newBuilder(work.call(backend)).timeout(Service.LIMIT).build();
    String middle = http.send(call, BodyHandlers.ofString()).body();
    return Work.answer(first, middle, query(work));
  }

  private long query(Work work) throws SQLException {
    try (var connection = pool.getConnection();
        var statement = work.prepare(connection)) {
      statement.setQueryTimeout((int) Service.LIMIT.toSeconds());
      return Work.result(statement);
    }
  }
}
