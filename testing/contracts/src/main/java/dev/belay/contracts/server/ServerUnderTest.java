package dev.belay.contracts.server;

/** A running server of the host under test. The contract that has started it stops it. */
public interface ServerUnderTest {
  /**
   * The port of this machine that speaks HTTP/1.1, and HTTP/2 with prior knowledge if the host
   * speaks it.
   */
  int port();

  /**
   * The port that speaks the same over TLS, chosen by ALPN. Not asked for where {@link
   * ServerFeature#TLS} is unsupported.
   */
  int tlsPort();

  /**
   * Stops the server; returns when its threads have ended. The contract gives it a minute.
   *
   * @throws Exception if it does not stop
   */
  void stop() throws Exception;
}
