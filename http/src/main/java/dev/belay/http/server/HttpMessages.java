package dev.belay.http.server;

import java.io.IOException;
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
   * The request with a body of at most {@code bytes}: reading more throws {@link
   * BodyTooLargeException}.
   */
  Q withBodyLimit(Q request, long bytes);
}
