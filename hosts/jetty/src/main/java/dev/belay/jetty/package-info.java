/**
 * Jetty 12.1 core as a host. {@link dev.belay.jetty.ContextHandler} runs a {@link
 * dev.belay.jetty.ContextEndpoint} under a context per request; {@link
 * dev.belay.jetty.ContextHttpConnectionFactory} lets it notice on HTTP/1.1 and TLS that the client
 * has gone.
 */
@NullMarked
package dev.belay.jetty;

import org.jspecify.annotations.NullMarked;
