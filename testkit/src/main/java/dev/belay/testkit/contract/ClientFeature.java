package dev.belay.testkit.contract;

/**
 * What not every client can do. A contract demands it unless {@link ClientContract#unsupported}
 * names it.
 */
public enum ClientFeature {
  /** HTTP/2 over TLS. */
  HTTP2,

  /** An interrupt of the thread that waits aborts the exchange, on every kind of thread. */
  INTERRUPTS
}
