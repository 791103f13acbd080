package dev.belay.tomcat;

import java.io.EOFException;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.CompletionHandler;
import java.util.concurrent.TimeUnit;
import org.apache.coyote.Request;
import org.apache.coyote.http2.Http2AsyncUpgradeHandler;
import org.apache.coyote.http2.Http2Protocol;
import org.apache.tomcat.util.net.AbstractEndpoint.Handler.SocketState;
import org.apache.tomcat.util.net.NioEndpoint.NioSocketWrapper;
import org.apache.tomcat.util.net.SocketEvent;
import org.apache.tomcat.util.net.SocketWrapperBase;
import org.apache.tomcat.util.net.SocketWrapperBase.BlockingMode;
import org.jspecify.annotations.Nullable;

/**
 * Tomcat's handler of an HTTP/2 connection, which passes on what it receives for a stream. Tomcat's
 * exceptions for that have types of their own that no other package can name: they are thrown on.
 */
final class Http2Handler extends Http2AsyncUpgradeHandler {
  private static final System.Logger LOG = System.getLogger("dev.belay.tomcat");
  private static final int RST_STREAM = 3;
  private static final int CANCEL = 8; // RFC 9113, section 7

  private final Http2Protocol settings;
  private final Http2Streams streams;
  private final Stall stall;

  Http2Handler(
      Http2Protocol protocol,
      Http2Streams streams,
      Stall stall,
      @Nullable Request upgraded,
      SocketWrapperBase<?> socket) {
    super(protocol, streams.adapter(), upgraded, socket);
    this.settings = protocol;
    this.streams = streams;
    this.stall = stall;
    streams.connect(this);
  }

  Http2Streams streams() {
    return streams;
  }

  /** How long a stream waits for a part of its body, in milliseconds; less than zero for ever. */
  long streamReadTimeout() {
    return settings.getStreamReadTimeout();
  }

  /**
   * Resets a stream. Tomcat takes it for reset by the client, which wakes a writer, and lets
   * nothing more be written; newer Tomcats would send the client no reset then, so it is sent here.
   */
  void cutOff(int stream) {
    try {
      super.reset(stream, CANCEL);
    } catch (Exception e) {
      return; // the stream is closed already
    }
    ByteBuffer frame =
        ByteBuffer.allocate(13) // RFC 9113, sections 4.1 and 6.4
            .putInt((4 << 8) | RST_STREAM) // the length has three bytes
            .put((byte) 0)
            .putInt(stream)
            .putInt(CANCEL)
            .flip();
    socketWrapper.write(
        BlockingMode.SEMI_BLOCK,
        settings.getWriteTimeout(),
        TimeUnit.MILLISECONDS,
        null,
        SocketWrapperBase.COMPLETE_WRITE,
        new Written(),
        frame);
  }

  /** A connection that cannot be written to is closed where it is read. */
  private static final class Written implements CompletionHandler<Long, Void> {
    @Override
    public void completed(Long count, @Nullable Void attachment) {}

    @Override
    public void failed(Throwable failure, @Nullable Void attachment) {}
  }

  /**
   * Reports before Tomcat wakes a writer, which would leave first; and again afterwards, to a watch
   * that has begun in between and has not found the attribute by which Tomcat marks the request.
   */
  @Override
  public void reset(int stream, long code) {
    var why = new IOException("stream reset by the client, code " + code);
    streams.gone(stream, why);
    try {
      super.reset(stream, code);
    } catch (Exception e) {
      throw thrown(e);
    } finally {
      streams.gone(stream, why);
      streams.arrived(stream);
    }
  }

  @Override
  public void endRequestBodyFrame(int stream, int length) throws IOException {
    try {
      super.endRequestBodyFrame(stream, length);
    } catch (Exception e) {
      throw thrown(e);
    } finally {
      streams.arrived(stream);
    }
  }

  @Override
  public void receivedEndOfStream(int stream) {
    try {
      super.receivedEndOfStream(stream);
    } catch (Exception e) {
      throw thrown(e);
    } finally {
      streams.arrived(stream);
    }
  }

  /** Trailers, too, end a body. */
  @Override
  public void headersEnd(int stream, boolean endOfStream) {
    stall.request();
    try {
      super.headersEnd(stream, endOfStream);
    } catch (Exception e) {
      throw thrown(e);
    } finally {
      streams.arrived(stream);
    }
  }

  /** A client that opens no more streams still gets its answers; Tomcat would close at once. */
  @Override
  public void goaway(int lastStream, long code, String debugData) {
    if (code != 0) {
      super.goaway(lastStream, code, debugData);
    }
  }

  /** Called about once a second. Tomcat itself does nothing here. */
  @Override
  public void timeoutAsync(long now) {
    super.timeoutAsync(now);
    if (socketWrapper instanceof NioSocketWrapper nio
        && stall.isSeen(now, activeRemoteStreamCount.get() > 0, nio.getLastRead())) {
      LOG.log(Level.DEBUG, "no request was complete on {0} in time", socketWrapper);
      socketWrapper.processSocket(SocketEvent.TIMEOUT, true); // GOAWAY, and closes
    }
  }

  @Override
  public SocketState upgradeDispatch(SocketEvent event) {
    SocketState state = super.upgradeDispatch(event);
    if (state == SocketState.CLOSED) {
      streams.lost(new EOFException("the connection has ended"));
    } else {
      streams.lookAgain();
    }
    return state;
  }

  @Override
  public void destroy() {
    streams.lost(new EOFException("the connection has ended"));
    super.destroy();
  }

  private static RuntimeException thrown(Exception e) {
    return Http2Handler.<RuntimeException>unchecked(e);
  }

  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // only for the compiler
  private static <X extends Exception> RuntimeException unchecked(Exception e) throws X {
    throw (X) e;
  }
}
