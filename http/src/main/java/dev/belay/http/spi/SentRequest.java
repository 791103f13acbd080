package dev.belay.http.spi;

import dev.belay.http.ExchangeAbortedException;
import dev.belay.http.ExchangeAbortedException.Phase;
import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What was sent and when, for the failures of an exchange that is aborted. Immutable.
 *
 * @param method the request's method
 * @param uri where it went; messages show no user information, query or fragment
 * @param nanoTime when, by {@link System#nanoTime}
 */
public record SentRequest(String method, URI uri, long nanoTime) {
  private static final int LONGEST_URL = 200;

  /** A request that is sent now. */
  public SentRequest(String method, URI uri) {
    this(method, uri, System.nanoTime());
  }

  /** Method and URL, without user information, query and fragment; bounded, in ASCII. */
  public String shown() {
    return method + " " + url();
  }

  /** Aborted before anything was sent. */
  public ExchangeAbortedException connecting(@Nullable Throwable cause) {
    return aborted(Phase.CONNECTING, "connecting", 0, cause);
  }

  /** Aborted on a connection, before the response's headers. */
  public ExchangeAbortedException awaitingHeaders(@Nullable Throwable cause) {
    return aborted(Phase.AWAITING_HEADERS, "waiting for the response's headers", 0, cause);
  }

  /** Aborted before the response's headers, by a client that does not report when it connects. */
  public ExchangeAbortedException beforeHeaders(@Nullable Throwable cause) {
    return aborted(
        Phase.AWAITING_HEADERS, "connecting or waiting for the response's headers", 0, cause);
  }

  /** Aborted after {@code bytes} bytes of the response's body were read. */
  public ExchangeAbortedException readingBody(long bytes, @Nullable Throwable cause) {
    String doing = "reading the response's body after " + bytes + " bytes";
    return aborted(Phase.READING_BODY, doing, bytes, cause);
  }

  private ExchangeAbortedException aborted(
      Phase phase, String doing, long bytes, @Nullable Throwable cause) {
    return aborted(Duration.ofNanos(System.nanoTime() - nanoTime), phase, doing, bytes, cause);
  }

  ExchangeAbortedException aborted(
      Duration elapsed, Phase phase, String doing, long bytes, @Nullable Throwable cause) {
    String message = "%s aborted after %d ms, %s".formatted(shown(), elapsed.toMillis(), doing);
    return new ExchangeAbortedException(message, phase, bytes, elapsed, cause);
  }

  /** In ASCII: other characters of a URL could mislead whoever reads the log. */
  private String url() {
    URI shown = URI.create(uri.toASCIIString());
    String authority = shown.getRawAuthority() == null ? "" : shown.getRawAuthority();
    String host = authority.substring(authority.lastIndexOf('@') + 1);
    String path = shown.getRawPath() == null ? "" : shown.getRawPath();
    String url = shown.getScheme() + "://" + host + path;
    return url.length() > LONGEST_URL ? url.substring(0, LONGEST_URL) + "…" : url;
  }
}
