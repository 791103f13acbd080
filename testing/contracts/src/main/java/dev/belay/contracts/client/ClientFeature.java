package dev.belay.contracts.client;

/**
 * What not every client can do. A contract demands it unless {@link ClientContract#unsupported}
 * names it.
 */
public enum ClientFeature {
  /** HTTP/2 over TLS. */
  HTTP2,

  /** An interrupt of a thread that waits for a response aborts the exchange. */
  INTERRUPTS,

  /** So does one of a thread that reads a body, also of a platform thread. */
  BODY_INTERRUPTS
}
