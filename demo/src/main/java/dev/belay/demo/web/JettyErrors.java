package dev.belay.demo.web;

import dev.belay.demo.Printable;
import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * What Jetty itself refuses, before any of ours has seen it: a request that is not HTTP, a header
 * that is too large. Answered as everything else is, with an id that is in the log.
 */
final class JettyErrors extends ErrorHandler {

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    if (request.getAttribute(ERROR_EXCEPTION) instanceof EofException gone) {
      callback.failed(gone); // nobody reads an answer
      return true;
    }
    int status = response.getStatus();
    Object message = request.getAttribute(ERROR_MESSAGE);
    var failure = new Failure(text(status, message), Failure.newId());
    failure.log(status);
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
    response.write(true, ByteBuffer.wrap(Json.bytes(failure)), callback);
    return true;
  }

  private static String text(int status, @Nullable Object message) {
    return switch (status) {
      case 414 -> "the path is too long";
      case 431 ->
          "the headers are too large: all together may have " + HttpHost.LONGEST_HEADER + " bytes";
      case 500 -> "something went wrong here; the id finds it in our log";
      default ->
          "this is not a request that can be answered: " + Printable.of(String.valueOf(message));
    };
  }
}
