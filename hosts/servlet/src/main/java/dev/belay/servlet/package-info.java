/**
 * Servlet containers as hosts. {@link dev.belay.servlet.ContextFilter} runs each request under a
 * context of its own; a container's module, such as {@code belay-tomcat}, supplies the {@link
 * dev.belay.http.spi.ClientWatch} that ends the context when the client goes away.
 */
@NullMarked
package dev.belay.servlet;

import org.jspecify.annotations.NullMarked;
