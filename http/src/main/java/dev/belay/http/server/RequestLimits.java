package dev.belay.http.server;

import java.time.Duration;

/**
 * How long a server waits for the client of a request. The time counts from the beginning of a
 * phase to its end; it has passed for a client for which the server waits then, or waits later:
 * what the handler does meanwhile is not the client's fault. A duration too long to count, such as
 * {@code ChronoUnit.FOREVER.getDuration()}, is no limit. Source: {@code ReadTimeout} and {@code
 * WriteTimeout} of Go's {@code net/http}. Immutable.
 *
 * @param read from the end of the header to the end of the body; past it the request's context ends
 *     with a {@link BodyTimeoutException}
 * @param write from the first byte of the response to its last; past it the response is cut off,
 *     and the context ends with a {@link WriteTimeoutException} unless the handler has returned
 */
public record RequestLimits(Duration read, Duration write) {
  /** A minute each. */
  public static final RequestLimits DEFAULT =
      new RequestLimits(Duration.ofMinutes(1), Duration.ofMinutes(1));

  /**
   * Checks the limits.
   *
   * @throws IllegalArgumentException unless both are more than zero
   */
  public RequestLimits {
    if (!read.isPositive() || !write.isPositive()) {
      throw new IllegalArgumentException(
          "a client needs some time: read %s, write %s".formatted(read, write));
    }
  }
}
