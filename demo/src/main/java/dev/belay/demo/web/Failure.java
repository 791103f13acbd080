package dev.belay.demo.web;

import dev.belay.demo.Printable;
import java.io.IOException;
import java.util.UUID;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpHeaderValue;
import org.eclipse.jetty.server.Response;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What went wrong, told twice under one id: to the client in the body, and in the log.
 *
 * @param error for the client
 * @param id finds the request in the log
 */
record Failure(String error, String id) {
  private static final Logger log = LoggerFactory.getLogger(Failure.class);

  /** An id of its own for a request. */
  static String newId() {
    return UUID.randomUUID().toString().substring(0, 8);
  }

  /** Answers with {@code status} and this as the body. */
  void answer(Response response, int status) throws IOException {
    log(status);
    if (!response.getRequest().consumeAvailable()) {
      // A body that was not waited for costs the connection: a client that is not told sends its
      // next request into it.
      response.getHeaders().put(HttpHeader.CONNECTION, HttpHeaderValue.CLOSE);
    }
    Json.write(response, status, this);
  }

  /** The log's half. */
  void log(int status) {
    log.info("request {}: {} {}", id, status, Printable.of(error));
  }
}
