/**
 * For adapters of HTTP clients: {@link dev.belay.http.spi.BlockingExchange} puts a client that
 * blocks under a context, {@link dev.belay.http.spi.ContextBody} the body of any response. For
 * hosts of HTTP servers: {@link dev.belay.http.spi.ClientWatch} is how one notices that a client
 * has gone, {@link dev.belay.http.spi.SocketWatch} and {@link dev.belay.http.spi.FarEnd} see the
 * end of a connection behind unread bytes, {@link dev.belay.http.spi.ClientLimits} times slow
 * clients. Users of a client or a server need nothing from here.
 */
@NullMarked
package dev.belay.http.spi;

import org.jspecify.annotations.NullMarked;
