package dev.belay.demo.web;

import dev.belay.demo.Printable;
import dev.belay.http.server.ProblemDetails;
import java.nio.ByteBuffer;
import java.util.concurrent.ThreadLocalRandom;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpHeaderValue;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What Jetty itself refuses, before any of ours has seen it: a request that is not HTTP, a header
 * that is too large. Answered as everything else is, with an id that is in the log.
 */
final class JettyErrors extends ErrorHandler {
  private static final Logger log = LoggerFactory.getLogger(JettyErrors.class);

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    if (request.getAttribute(ERROR_EXCEPTION) instanceof EofException gone) {
      callback.failed(gone); // nobody reads an answer
      return true;
    }
    int status = response.getStatus();
    Object message = request.getAttribute(ERROR_MESSAGE);
    var problem =
        new ProblemDetails(
            status,
            text(status, message),
            "%016x".formatted(ThreadLocalRandom.current().nextLong()));
    log.info("request {}: {} {}", problem.id(), status, problem.detail());
    if (status == 503) {
      response.getHeaders().put(HttpHeader.CONNECTION, HttpHeaderValue.CLOSE); // at shutdown
    }
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, ProblemDetails.JSON);
    response.write(true, ByteBuffer.wrap(problem.json()), callback);
    return true;
  }

  private static String text(int status, @Nullable Object message) {
    return switch (status) {
      case 414 -> "the path is too long";
      case 431 ->
          "the headers are too large: all together may have " + HttpHost.LONGEST_HEADER + " bytes";
      case 500 -> "something went wrong here; the id finds it in our log";
      case 503 -> "shutting down; nothing was done";
      default ->
          "this is not a request that can be answered: " + Printable.of(String.valueOf(message));
    };
  }
}
