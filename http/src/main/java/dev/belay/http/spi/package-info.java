/**
 * For adapters of HTTP clients: {@link dev.belay.http.spi.BlockingExchange} puts a client that
 * blocks under a context, {@link dev.belay.http.spi.ContextBody} the body of any response. Users of
 * a client need nothing from here.
 */
@NullMarked
package dev.belay.http.spi;

import org.jspecify.annotations.NullMarked;
