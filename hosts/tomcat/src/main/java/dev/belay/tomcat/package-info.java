/**
 * Tomcat as a host. A connector with the protocol {@link dev.belay.tomcat.ContextNioProtocol}
 * notices that the client of a request has gone, over HTTP/1.1, TLS and HTTP/2; {@link
 * dev.belay.servlet.ContextFilter} ends the request's context then.
 */
@NullMarked
package dev.belay.tomcat;

import org.jspecify.annotations.NullMarked;
