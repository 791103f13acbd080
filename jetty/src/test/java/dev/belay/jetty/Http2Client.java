package dev.belay.jetty;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.http2.ErrorCode;
import org.eclipse.jetty.http2.HTTP2Session;
import org.eclipse.jetty.http2.api.Session;
import org.eclipse.jetty.http2.api.Stream;
import org.eclipse.jetty.http2.client.HTTP2Client;
import org.eclipse.jetty.http2.frames.DataFrame;
import org.eclipse.jetty.http2.frames.HeadersFrame;
import org.eclipse.jetty.http2.frames.PingFrame;
import org.eclipse.jetty.http2.frames.ResetFrame;
import org.eclipse.jetty.io.ClientConnector;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Promise;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.jspecify.annotations.Nullable;

/** One HTTP/2 connection of a client that may leave in any way. */
final class Http2Client implements AutoCloseable {
  private final HTTP2Client jetty;
  private final Session session;
  private final boolean tls;
  private final int port;

  private Http2Client(HTTP2Client jetty, Session session, boolean tls, int port) {
    this.jetty = jetty;
    this.session = session;
    this.tls = tls;
    this.port = port;
  }

  /** Speaks HTTP/2 at once, without asking. */
  static Http2Client priorKnowledge(int port) throws Exception {
    return connect(port, null);
  }

  /** Chooses HTTP/2 by ALPN. */
  static Http2Client tls(int port) throws Exception {
    var tls = new SslContextFactory.Client();
    tls.setSslContext(SelfSigned.trusting());
    return connect(port, tls);
  }

  private static Http2Client connect(int port, SslContextFactory.@Nullable Client tls)
      throws Exception {
    var connector = new ClientConnector();
    connector.setSelectors(1);
    if (tls != null) {
      connector.setSslContextFactory(tls);
    }
    var jetty = new HTTP2Client(connector);
    jetty.start();
    var address = new InetSocketAddress("localhost", port);
    var listener = new Session.Listener() {};
    var connected =
        tls == null ? jetty.connect(address, listener) : jetty.connect(tls, address, listener);
    Session session = connected.get(Visit.PATIENCE.toSeconds(), TimeUnit.SECONDS);
    return new Http2Client(jetty, session, tls != null, port);
  }

  /** Sends a GET. */
  Exchange get(String path) throws Exception {
    return send("GET", path, true);
  }

  /** Sends a POST's header; its body is yet to come. */
  Exchange postHeader(String path) throws Exception {
    return send("POST", path, false);
  }

  private Exchange send(String method, String path, boolean last) throws Exception {
    var uri = HttpURI.from((tls ? "https" : "http") + "://localhost:" + port + path);
    var request = new MetaData.Request(method, uri, HttpVersion.HTTP_2, HttpFields.EMPTY);
    var exchange = new Exchange();
    var opened = session.newStream(new HeadersFrame(request, null, last), exchange);
    exchange.stream = opened.get(Visit.PATIENCE.toSeconds(), TimeUnit.SECONDS);
    return exchange;
  }

  /** Sends a PING. */
  void ping() {
    session.ping(new PingFrame(false), Callback.NOOP);
  }

  /** Says in a GOAWAY that it opens no more streams. */
  void goAway() {
    session.close(ErrorCode.NO_ERROR.code, "enough", Callback.NOOP);
  }

  boolean isOpen() {
    return !session.isClosed();
  }

  /** A FIN without a GOAWAY. */
  void cut() {
    tcp().close();
  }

  /** A RST. */
  void reset() throws IOException {
    SocketChannelEndPoint tcp = tcp();
    tcp.getChannel().setOption(StandardSocketOptions.SO_LINGER, 0);
    tcp.close();
  }

  /** Below TLS, and closed through Jetty: a channel alone waits for its selector to let it go. */
  private SocketChannelEndPoint tcp() {
    EndPoint endPoint = ((HTTP2Session) session).getEndPoint();
    while (endPoint instanceof EndPoint.Wrapper wrapper) {
      endPoint = wrapper.unwrap();
    }
    return (SocketChannelEndPoint) endPoint;
  }

  @Override
  public void close() throws IOException {
    try {
      jetty.stop();
    } catch (Exception e) {
      throw new IOException("the client does not stop", e);
    }
  }

  /** One request and its response. */
  static final class Exchange implements Stream.Listener {
    @SuppressWarnings("JdkObsolete") // two threads append
    private final StringBuffer body = new StringBuffer();

    private final CompletableFuture<String> response = new CompletableFuture<>();
    private volatile @Nullable Stream stream;

    /** Sends a part of the body. */
    void data(int length, boolean last) throws Exception {
      ByteBuffer bytes = ByteBuffer.wrap("b".repeat(length).getBytes(StandardCharsets.US_ASCII));
      Stream open = stream();
      open.data(new DataFrame(open.getId(), bytes, last)).get(10, TimeUnit.SECONDS);
    }

    /** A RST_STREAM. */
    void reset() {
      Stream open = stream();
      open.reset(new ResetFrame(open.getId(), ErrorCode.CANCEL_STREAM_ERROR.code), Callback.NOOP);
    }

    /** Waits for the whole response. */
    String answer() {
      assertThat(response).as("response").succeedsWithin(Visit.PATIENCE);
      return response.join();
    }

    private Stream stream() {
      Stream open = stream;
      if (open == null) {
        throw new IllegalStateException("not sent yet");
      }
      return open;
    }

    @Override
    public void onHeaders(Stream stream, HeadersFrame frame) {
      stream.demand();
    }

    @Override
    public void onDataAvailable(Stream stream) {
      Stream.Data data = stream.readData();
      if (data == null) {
        stream.demand();
        return;
      }
      body.append(StandardCharsets.US_ASCII.decode(data.frame().getByteBuffer()));
      boolean last = data.frame().isEndStream();
      data.release();
      if (last) {
        response.complete(body.toString());
      } else {
        stream.demand();
      }
    }

    @Override
    public void onFailure(
        Stream stream, int error, String reason, Throwable failure, Callback callback) {
      response.completeExceptionally(new IOException("stream failed: " + error + " " + reason));
      callback.succeeded();
    }

    @Override
    public void onIdleTimeout(Stream stream, TimeoutException idle, Promise<Boolean> promise) {
      promise.succeeded(false);
    }
  }
}
