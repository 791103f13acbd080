/**
 * What the HTTP packages share: {@link dev.belay.http.ExchangeAbortedException} says how far an
 * exchange had come, {@link dev.belay.http.GatewayTimeoutException} that another server ran out of
 * time.
 */
@NullMarked
package dev.belay.http;

import org.jspecify.annotations.NullMarked;
