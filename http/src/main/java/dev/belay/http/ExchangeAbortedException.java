package dev.belay.http;

import java.io.IOException;
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
     * Sending the request, or waiting for the response's headers. The JDK's client does not report
     * that it has connected for a request without a body: then connecting counts as this phase too.
     */
    AWAITING_HEADERS,
    /** The response's headers were there, its body not all. */
    READING_BODY
  }

  private final Phase phase;
  private final long bytes;
  private final Duration elapsed;

  /**
   * For adapters, which have {@link dev.belay.http.spi.SentRequest} make it.
   *
   * @param bytes how many bytes of the body the caller had read
   * @param elapsed the time since the request was sent
   * @param cause how the client failed; null if it did not
   */
  public ExchangeAbortedException(
      String message, Phase phase, long bytes, Duration elapsed, @Nullable Throwable cause) {
    super(message, cause);
    this.phase = phase;
    this.bytes = bytes;
    this.elapsed = elapsed;
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
