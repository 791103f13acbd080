package dev.belay.jetty;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.io.ssl.SslConnection.SslEndPoint;
import org.eclipse.jetty.util.BufferUtil;

/** Distinguishes a client that has ended its sending from one whose connection is lost. */
final class HalfClose {
  private HalfClose() {}

  /**
   * Fills {@code buffer} as {@link EndPoint#fill} does, which reports the end of input for both.
   *
   * @return the number of bytes; -1 if the client has ended its sending
   * @throws IOException if the connection was reset, or ended without the {@code close_notify} of
   *     TLS
   */
  static int fill(EndPoint endPoint, ByteBuffer buffer) throws IOException {
    if (endPoint instanceof SocketChannelEndPoint plain) {
      int position = BufferUtil.flipToFill(buffer);
      try {
        int count = plain.getChannel().read(buffer);
        if (count > 0) {
          return count;
        }
      } finally {
        BufferUtil.flipToFlush(buffer, position);
      }
    }
    int count = endPoint.fill(buffer); // also notes the end where Jetty looks for it
    if (count < 0
        && endPoint instanceof SslEndPoint tls
        && !tls.getSslConnection().getSSLEngine().isInboundDone()) {
      throw new EOFException("the connection ended without a close_notify");
    }
    return count;
  }
}
