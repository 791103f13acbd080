/**
 * HTTP by hand, over bare sockets: clients that leave in any way, and servers that fail in any way.
 * They need nothing but the JDK, so that a test depends on no other implementation of the protocol.
 * The contract classes use them, and tests of one host or client may.
 *
 * <p>They are for tests only: they trust what they read, and speak just enough of HTTP/1.1 (RFC
 * 9112), HTTP/2 (RFC 9113) and HPACK (RFC 7541).
 */
@NullMarked
package dev.belay.contracts.socket;

import org.jspecify.annotations.NullMarked;
