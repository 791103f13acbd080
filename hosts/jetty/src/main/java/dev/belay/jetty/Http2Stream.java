package dev.belay.jetty;

import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.http2.ErrorCode;
import org.eclipse.jetty.http2.HTTP2Connection;
import org.eclipse.jetty.http2.HTTP2Stream;
import org.eclipse.jetty.http2.frames.ResetFrame;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * What only Jetty's HTTP/2 itself knows and can do. A stream that ends between the arrival of its
 * request and the first failure listener is reported to none, but its session has forgotten it by
 * then.
 */
final class Http2Stream {
  private Http2Stream() {}

  /** Whether the request came on a stream that has ended; false if it came on none. */
  static boolean hasEnded(Request request) {
    // Jetty's HTTP/2 may be missing: its classes are loaded only for a request that came over it.
    return request.getConnectionMetaData().getHttpVersion() == HttpVersion.HTTP_2
        && Streams.hasEnded(request);
  }

  /** Resets the request's stream; does nothing if it has ended. */
  static void reset(Request request) {
    Streams.reset(request);
  }

  private static final class Streams {
    static boolean hasEnded(Request request) {
      Connection connection = request.getConnectionMetaData().getConnection();
      return connection instanceof HTTP2Connection http2 && stream(http2, request) == null;
    }

    static void reset(Request request) {
      if (request.getConnectionMetaData().getConnection() instanceof HTTP2Connection http2) {
        HTTP2Stream stream = stream(http2, request);
        if (stream != null) {
          var frame = new ResetFrame(stream.getId(), ErrorCode.CANCEL_STREAM_ERROR.code);
          stream.reset(frame, Callback.NOOP);
        }
      }
    }

    private static @Nullable HTTP2Stream stream(HTTP2Connection http2, Request request) {
      return http2.getSession().getStream(Integer.parseInt(request.getId()));
    }
  }
}
