package dev.belay.jetty;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Request;

/**
 * Breaks a response off so that no client can take it for complete, and touches no other: over
 * HTTP/2 its stream is reset, over HTTP/1 the connection. An orderly close would do for a response
 * whose length is known; one without a length, as HTTP/1.0 knows it, ends with the connection.
 */
final class Abort {
  private Abort() {}

  static void of(Request request, Throwable why) {
    if (request.getConnectionMetaData().getHttpVersion() == HttpVersion.HTTP_2) {
      Http2Stream.reset(request);
    } else {
      reset(request.getConnectionMetaData().getConnection().getEndPoint(), why);
    }
  }

  @SuppressWarnings("ReferenceEquality") // the lowest is its own transport
  private static void reset(EndPoint endPoint, Throwable why) {
    EndPoint lowest = endPoint;
    while (lowest.getTransport() instanceof EndPoint below && below != lowest) {
      lowest = below; // below TLS, whose close would say good-bye first
    }
    if (lowest.getTransport() instanceof SocketChannel socket) {
      try {
        socket.setOption(StandardSocketOptions.SO_LINGER, 0);
      } catch (IOException | UnsupportedOperationException e) {
        // Closed already, or a socket of another family: closing is all there is.
      }
    }
    lowest.close(why);
    endPoint.close(why);
  }
}
