package dev.belay.http.client;

import java.io.IOException;
import java.net.URI;
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
    /** Nothing was sent yet: resolving the name, connecting, in the TLS handshake. */
    CONNECTING,
    /**
     * Sending the request, or waiting for the response's headers. The JDK's client does not tell
     * when it has connected for a request without a body: then also what comes before.
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

  /** What was sent, and when. */
  record Sent(String method, URI uri, long nanoTime) {
    Sent(String method, URI uri) {
      this(method, uri, System.nanoTime());
    }

    ExchangeAbortedException connecting(@Nullable Throwable cause) {
      return aborted(Phase.CONNECTING, "connecting", 0, cause);
    }

    ExchangeAbortedException awaitingHeaders(@Nullable Throwable cause) {
      return aborted(Phase.AWAITING_HEADERS, "waiting for the response's headers", 0, cause);
    }

    /** Before the headers, who knows where. */
    ExchangeAbortedException beforeHeaders(@Nullable Throwable cause) {
      return aborted(
          Phase.AWAITING_HEADERS, "connecting or waiting for the response's headers", 0, cause);
    }

    ExchangeAbortedException readingBody(long bytes, @Nullable Throwable cause) {
      return aborted(
          Phase.READING_BODY,
          "reading the response's body after " + bytes + " bytes",
          bytes,
          cause);
    }

    private ExchangeAbortedException aborted(
        Phase phase, String doing, long bytes, @Nullable Throwable cause) {
      return aborted(Duration.ofNanos(System.nanoTime() - nanoTime), phase, doing, bytes, cause);
    }

    ExchangeAbortedException aborted(
        Duration elapsed, Phase phase, String doing, long bytes, @Nullable Throwable cause) {
      String message =
          "%s %s aborted after %d ms, %s".formatted(method, shown(uri), elapsed.toMillis(), doing);
      return new ExchangeAbortedException(message, phase, bytes, elapsed, cause);
    }
  }

  private static String shown(URI uri) {
    String authority = uri.getRawAuthority() == null ? "" : uri.getRawAuthority();
    String host = authority.substring(authority.lastIndexOf('@') + 1);
    String url =
        uri.getScheme() + "://" + host + (uri.getRawPath() == null ? "" : uri.getRawPath());
    return url.length() > LONGEST_URL ? url.substring(0, LONGEST_URL) + "…" : url;
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
