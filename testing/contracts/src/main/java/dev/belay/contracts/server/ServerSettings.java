package dev.belay.contracts.server;

import dev.belay.Context;
import dev.belay.contracts.socket.Certificate;
import java.time.Duration;

/**
 * How a contract wants a server to be set up. What a host does not support, it does not look at.
 *
 * @param root the parent of every request's context; its clock is a virtual one
 * @param certificate for the port that speaks TLS
 * @param requestLimit the host's own limit for a request
 * @param halfCloseIsGone whether a client that ends only its sending counts as gone
 * @param idleTimeout how long a connection or stream may be idle
 * @param headerTimeout how long the header of an HTTP/1.1 request may take
 * @param interrupting whether the end of a context interrupts its handler
 */
public record ServerSettings(
    Context root,
    Certificate certificate,
    Duration requestLimit,
    boolean halfCloseIsGone,
    Duration idleTimeout,
    Duration headerTimeout,
    boolean interrupting) {
  private static final Duration LONG = Duration.ofSeconds(30);

  /** The usual settings. */
  static ServerSettings of(Context root) {
    return new ServerSettings(
        root, Certificate.forLocalhost(), Duration.ofHours(1), true, LONG, LONG, false);
  }

  ServerSettings withRequestLimit(Duration limit) {
    return new ServerSettings(
        root, certificate, limit, halfCloseIsGone, idleTimeout, headerTimeout, interrupting);
  }

  ServerSettings withHalfCloseServed() {
    return new ServerSettings(
        root, certificate, requestLimit, false, idleTimeout, headerTimeout, interrupting);
  }

  ServerSettings withIdleTimeout(Duration timeout) {
    return new ServerSettings(
        root, certificate, requestLimit, halfCloseIsGone, timeout, headerTimeout, interrupting);
  }

  ServerSettings withHeaderTimeout(Duration timeout) {
    return new ServerSettings(
        root, certificate, requestLimit, halfCloseIsGone, idleTimeout, timeout, interrupting);
  }

  ServerSettings withInterrupting() {
    return new ServerSettings(
        root, certificate, requestLimit, halfCloseIsGone, idleTimeout, headerTimeout, true);
  }
}
