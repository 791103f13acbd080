package dev.belay.http.client;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How far an exchange had come when its context ended: the cause of the {@link
 * dev.belay.ContextEndedException} that the caller gets. The message names the method and the URL
 * without user information, query and fragment, which may hold secrets.
 */
public final class ExchangeAbortedException extends IOException {
  private static final long serialVersionUID = 1L;

  /** What an exchange was doing. */
  public enum Phase {
    /**
     * Connecting, in the TLS handshake, sending the request, or waiting for the response's headers;
     * the JDK's client does not tell which.
     */
    AWAITING_HEADERS,
    /** The response's headers were there, its body not all. */
    READING_BODY
  }

  private static final int LONGEST_URL = 200;

  private final Phase phase;
  private final long bytes;
  private final Duration elapsed;

  private ExchangeAbortedException(
      String message, Phase phase, long bytes, Duration elapsed, @Nullable Throwable cause) {
    super(message, cause);
    this.phase = phase;
    this.bytes = bytes;
    this.elapsed = elapsed;
  }

  static ExchangeAbortedException awaitingHeaders(
      HttpRequest request, Duration elapsed, @Nullable Throwable cause) {
    String message =
        "%s aborted after %d ms, waiting for the response's headers"
            .formatted(named(request), elapsed.toMillis());
    return new ExchangeAbortedException(message, Phase.AWAITING_HEADERS, 0, elapsed, cause);
  }

  static ExchangeAbortedException readingBody(
      HttpRequest request, long bytes, Duration elapsed, Throwable cause) {
    String message =
        "%s aborted after %d ms, reading the response's body after %d bytes"
            .formatted(named(request), elapsed.toMillis(), bytes);
    return new ExchangeAbortedException(message, Phase.READING_BODY, bytes, elapsed, cause);
  }

  private static String named(HttpRequest request) {
    URI uri = request.uri();
    String port = uri.getPort() < 0 ? "" : ":" + uri.getPort();
    String url = uri.getScheme() + "://" + uri.getHost() + port + uri.getRawPath();
    String shown = url.length() > LONGEST_URL ? url.substring(0, LONGEST_URL) + "…" : url;
    return request.method() + " " + shown;
  }

  /** What the exchange was doing. */
  public Phase phase() {
    return phase;
  }

  /** How many bytes of the body the caller had read. */
  public long bytes() {
    return bytes;
  }

  /** The time since the request was sent. */
  public Duration elapsed() {
    return elapsed;
  }
}
