package dev.belay.http;

import java.io.IOException;
import java.net.URI;

/**
 * Another server answered 504: it ran out of time, often the time that this program sent it along.
 * Such an answer may arrive a moment before the caller's own deadline passes. {@link
 * dev.belay.http.server.FailureStatus} answers it with 504, as it would the deadline.
 */
public final class GatewayTimeoutException extends IOException {
  private static final long serialVersionUID = 1L;
  private static final int GATEWAY_TIMEOUT = 504;

  private GatewayTimeoutException(String message) {
    super(message);
  }

  /**
   * Throws if a response says that its server ran out of time; otherwise does nothing.
   *
   * @param status the response's status
   * @param uri where the request went; the message shows only its host
   * @throws GatewayTimeoutException if {@code status} is 504
   */
  public static void throwIfTimedOut(int status, URI uri) throws GatewayTimeoutException {
    if (status == GATEWAY_TIMEOUT) {
      throw new GatewayTimeoutException(uri.getHost() + " ran out of time (504)");
    }
  }
}
