package dev.belay.jetty;

import java.time.Duration;
import java.util.Objects;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;

/**
 * Makes HTTP/1.1 connections that go on reading while a request is handled, so that {@link
 * ContextHandler} learns that the client has gone; Jetty itself stops reading then. Takes the place
 * of {@link HttpConnectionFactory} in a connector, over TLS too. Configure it before the connector
 * starts.
 *
 * <p>A client that closes only its sending side (a half-close) counts as gone, as in Go's {@code
 * net/http}: on the wire it cannot be told from one that has closed everything.
 */
public final class ContextHttpConnectionFactory extends HttpConnectionFactory {
  private boolean halfCloseIsGone = true;
  private Duration headerTimeout = Duration.ofSeconds(30);

  /** Connections with these settings. */
  public ContextHttpConnectionFactory(HttpConfiguration configuration) {
    super(configuration);
    configuration.addCustomizer(
        (request, responseHeaders) -> {
          headerComplete(request);
          return request;
        });
  }

  private static void headerComplete(Request request) {
    if (request.getConnectionMetaData().getConnection().getEndPoint()
        instanceof WatchEndPoint endPoint) {
      endPoint.requestBegins();
      Request.addCompletionListener(request, failure -> endPoint.requestEnds());
    }
  }

  /**
   * Whether a client that closes its sending side counts as gone; true unless set. With false only
   * a reset ends the request: a client that closes its connection altogether is then noticed no
   * earlier than when it answers to what is written to it.
   */
  public void setHalfCloseIsGone(boolean gone) {
    halfCloseIsGone = gone;
  }

  /**
   * How long a client may take to send a request's header, from its first byte to its last; 30
   * seconds unless set. Jetty's idle time-out begins anew with each byte. Past it the connection is
   * closed.
   *
   * @throws IllegalArgumentException unless it is more than zero
   */
  public void setHeaderTimeout(Duration timeout) {
    if (Objects.requireNonNull(timeout, "timeout").isNegative() || timeout.isZero()) {
      throw new IllegalArgumentException("a header needs some time: " + timeout);
    }
    headerTimeout = timeout;
  }

  @Override
  public Connection newConnection(Connector connector, EndPoint endPoint) {
    return super.newConnection(
        connector,
        new WatchEndPoint(
            endPoint,
            connector.getExecutor(),
            new HeaderTimer(endPoint, connector.getScheduler(), headerTimeout),
            halfCloseIsGone));
  }
}
