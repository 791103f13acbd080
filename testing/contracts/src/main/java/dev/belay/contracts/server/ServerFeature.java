package dev.belay.contracts.server;

/**
 * What not every server host can do. A contract demands it unless {@link
 * ServerContract#unsupported} names it.
 */
public enum ServerFeature {
  /** HTTP/1.1 over TLS, and HTTP/2 over TLS where the host speaks that. */
  TLS,

  /** HTTP/2, with prior knowledge and chosen by ALPN. */
  HTTP2,

  /** A handler begins before its request's body is complete. */
  STREAMED_REQUESTS,

  /** What a handler has written goes out before it returns. */
  STREAMED_RESPONSES,

  /** A chunk that goes on past its size, or has an endless extension, is refused at once. */
  CHUNK_LIMITS,

  /** A read of the request's body that is under way fails when the context ends. */
  BODY_ENDS,

  /**
   * A response that had begun is cut off when the context ends: a write that is under way fails,
   * and a last write does not make it look complete.
   */
  RESPONSE_CUT_OFF,

  /** A client that ends only its sending still gets its answer. */
  HALF_CLOSE_ANSWERED,

  /** The host can be set not to take a half-close for the client's going. */
  HALF_CLOSE_OPT_OUT,

  /** The end of a connection is noticed behind a pipelined request, which is not read yet. */
  GONE_BEHIND_PIPELINED,

  /** The end of a connection is noticed while part of the request's body is not read. */
  GONE_BEHIND_BODY,

  /**
   * A client that ends its side in the midst of a body is answered, at whatever moment. Without it
   * the connection may be broken off instead.
   */
  CUT_OFF_BODY_ANSWERED,

  /**
   * The end of an HTTP/1.1 connection is noticed however many unread bytes lie before it. It takes
   * Linux, Java 22 or newer, and native access.
   */
  GONE_BEHIND_ANY_BYTES,

  /** RST_STREAM is noticed. */
  STREAM_RESET,

  /** The end of an HTTP/2 connection is noticed. */
  GONE_UNDER_HTTP2,

  /** The end of an HTTP/2 connection is noticed also after the client's GOAWAY. */
  GONE_AFTER_GOAWAY,

  /** A stream is answered after the client's GOAWAY. */
  ANSWER_AFTER_GOAWAY,

  /** A connection is kept while its handler works, however long nothing is sent. */
  IDLE_WHILE_HANDLING,

  /** A limit for the time that a request's header takes, as a whole. */
  HEADER_TIMEOUT,

  /** Handlers are interrupted when their context ends, if the host is set to. */
  INTERRUPTING
}
