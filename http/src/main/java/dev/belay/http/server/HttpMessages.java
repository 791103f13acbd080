package dev.belay.http.server;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * How middleware reads a host's request and writes its response. Each host has one, and it has no
 * state. What comes from a request is as the client sent it: not to be logged raw.
 *
 * @param <Q> the host's request
 * @param <S> the host's response
 */
public interface HttpMessages<Q, S> {
  /** The request's method. */
  String method(Q request);

  /** The request's path, without its query. */
  String path(Q request);

  /** A header of the request; several fields of one name are joined by commas; null if none. */
  @Nullable String header(Q request, String name);

  /** Sets a header of the response, which must not have begun. */
  void setHeader(S response, String name, String value);

  /** The response's status so far. */
  int status(S response);

  /** Whether the response has begun: its status and its headers cannot be changed any more. */
  boolean isCommitted(S response);

  /**
   * Writes a whole response that has not begun.
   *
   * @throws IOException if the client does not take it
   */
  void answer(S response, int status, String contentType, byte[] body) throws IOException;

  /**
   * Begins a response of unknown length, for {@link ResponseStream}.
   *
   * @return sends what was written when it is flushed. It is not closed: the response is complete
   *     when the endpoint returns.
   */
  OutputStream begin(S response, int status, String contentType) throws IOException;

  /**
   * Sets what follows the body of a response that has not begun, such as the count of what was
   * sent. It needs a response of unknown length, over HTTP/1.1 or HTTP/2; others go without. A
   * response that is cut off has no trailers.
   *
   * @param trailers asked when the response completes, by a thread of the host
   */
  void setTrailers(S response, Supplier<Map<String, String>> trailers);

  /**
   * Breaks a response off that is being written, so that no client can take it for complete: a
   * write that waits fails. Any thread may call it; it does not wait.
   *
   * @param why the cause of the failure
   */
  void cutOff(Q request, S response, Throwable why);

  /**
   * What an endpoint has thrown, in Belay's terms: what the host throws for a mistake of the
   * client, such as a malformed body, is a {@link BadRequestException}.
   *
   * @return {@code thrown} itself if it is not of the host's
   */
  Throwable translated(S response, Throwable thrown);

  /**
   * The request with a body of at most {@code bytes}: reading more throws {@link
   * BodyTooLargeException}.
   */
  Q withBodyLimit(Q request, long bytes);
}
