package dev.belay.jetty;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Executor;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.VirtualThreads;

/**
 * Makes HTTP/1.1 connections that go on reading while a request is handled, so that it is noticed
 * when the client goes away; Jetty itself stops reading then. Takes the place of {@link
 * HttpConnectionFactory} in a connector, also after TLS, and leaves the rest of the connector as it
 * is. Configure it before the connector starts.
 *
 * <p>A client that closes only its sending side (a half-close) counts as gone, as in Go's {@code
 * net/http}: on the wire it cannot be distinguished from one that has closed everything.
 */
public final class ContextHttpConnectionFactory extends HttpConnectionFactory {
  private static final HttpConfiguration.Customizer HEADER_COMPLETE =
      (request, responseHeaders) -> {
        headerComplete(request);
        return request;
      };

  /** Unless another one is set. */
  static final Duration HEADER_TIMEOUT = Duration.ofSeconds(30);

  private boolean halfCloseIsGone = true;
  private Duration headerTimeout = HEADER_TIMEOUT;

  /**
   * Connections with these settings.
   *
   * @param configuration may be shared with other factories; gets one customizer
   */
  public ContextHttpConnectionFactory(HttpConfiguration configuration) {
    super(configuration);
    if (!configuration.getCustomizers().contains(HEADER_COMPLETE)) {
      configuration.addCustomizer(HEADER_COMPLETE);
    }
  }

  private static void headerComplete(Request request) {
    WatchEndPoint endPoint = WatchEndPoint.of(request);
    if (endPoint != null) {
      HeaderTimer timer = endPoint.headerTimer();
      timer.requestBegins();
      Request.addCompletionListener(request, failure -> timer.requestEnds());
    }
  }

  /**
   * Whether a client that closes its sending side counts as gone; true unless set.
   *
   * <p>With false a request goes on when its client's input ends, and since nothing can be read
   * after that, nothing more is noticed: not even that the client closes the rest. Only writing the
   * response shows it, by failing. What still counts as gone is a connection that is reset first,
   * and over TLS also one that ends without a {@code close_notify}. Behind a {@code
   * ProxyConnectionFactory} a reset looks like an end, and is not noticed either.
   */
  public void setHalfCloseIsGone(boolean gone) {
    halfCloseIsGone = gone;
  }

  /**
   * How long a client may take to send a request's header, from its first byte until the request is
   * handled; 30 seconds unless set. Jetty's idle time-out begins anew with each byte. Past it the
   * connection is closed without an answer. {@link ContextHandler} applies the same limit to what
   * else may come before a request and never become one: a TLS handshake or record, a header of
   * HTTP/2, or frames without any stream; it is exceeded by up to a half then.
   *
   * @throws IllegalArgumentException unless it is more than zero
   */
  public void setHeaderTimeout(Duration timeout) {
    if (Objects.requireNonNull(timeout, "timeout").isNegative() || timeout.isZero()) {
      throw new IllegalArgumentException("a header needs some time: " + timeout);
    }
    headerTimeout = timeout;
  }

  Duration headerTimeout() {
    return headerTimeout;
  }

  /** Where Jetty runs handlers: the ones that are woken by bytes read ahead run there too. */
  private static Executor handlersOf(Connector connector) {
    // Jetty 12.1.0 has no VirtualThreads.getExecutor.
    Executor threads = connector.getExecutor();
    return Objects.requireNonNullElse(VirtualThreads.getVirtualThreadsExecutor(threads), threads);
  }

  @Override
  public Connection newConnection(Connector connector, EndPoint endPoint) {
    var timer = new HeaderTimer(endPoint, connector.getScheduler(), headerTimeout);
    var watched = new WatchEndPoint(endPoint, handlersOf(connector), timer, halfCloseIsGone);
    Connection connection = super.newConnection(connector, watched);
    connection.addEventListener(
        new Connection.Listener() {
          @Override
          public void onClosed(Connection closed) { // also when upgraded to another protocol
            timer.stop();
          }
        });
    return connection;
  }
}
