package dev.belay.jetty;

import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.http2.HTTP2Connection;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.server.Request;

/**
 * Asks HTTP/2 itself. A stream that ends between the arrival of its request and the first failure
 * listener is told to nobody, but its session has forgotten it by then.
 */
final class Http2Stream {
  private Http2Stream() {}

  /** Whether the request came on a stream that has ended; false if it came on none. */
  static boolean hasEnded(Request request) {
    // Jetty's HTTP/2 may be missing: its classes are loaded only for a request that came over it.
    return request.getConnectionMetaData().getHttpVersion() == HttpVersion.HTTP_2
        && Streams.hasEnded(request);
  }

  private static final class Streams {
    static boolean hasEnded(Request request) {
      Connection connection = request.getConnectionMetaData().getConnection();
      return connection instanceof HTTP2Connection http2
          && http2.getSession().getStream(Integer.parseInt(request.getId())) == null;
    }
  }
}
