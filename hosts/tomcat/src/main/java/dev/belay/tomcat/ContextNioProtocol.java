package dev.belay.tomcat;

import java.lang.System.Logger.Level;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.WeakHashMap;
import org.apache.coyote.Adapter;
import org.apache.coyote.Processor;
import org.apache.coyote.UpgradeProtocol;
import org.apache.coyote.http11.Http11NioProtocol;
import org.apache.coyote.http2.Http2Protocol;
import org.jspecify.annotations.Nullable;

/**
 * Tomcat's NIO protocol for HTTP/1.1, which goes on reading while a request is handled, so that it
 * is noticed when the client goes away; Tomcat itself stops reading then. It takes the place of
 * {@code HTTP/1.1} as a connector's protocol and has all the attributes of {@link
 * Http11NioProtocol}, TLS included. An {@link Http2Protocol} that is added to the connector reports
 * what it receives for a stream. With {@link dev.belay.servlet.ContextFilter} in the application,
 * the request's context ends then.
 *
 * <pre>{@code
 * <Connector port="8080" protocol="dev.belay.tomcat.ContextNioProtocol"/>
 * }</pre>
 *
 * <p>A client that closes only its sending side (a half-close) counts as gone, as in Go's {@code
 * net/http}: on the wire it cannot be distinguished from one that has closed everything.
 *
 * <p>Files are not sent by {@code sendfile}, which Tomcat does behind the filter's back.
 */
public final class ContextNioProtocol extends Http11NioProtocol {
  private static final System.Logger LOG = System.getLogger("dev.belay.tomcat");

  /**
   * Its connections of HTTP/2: Tomcat itself does not know one whose first bytes it still reads.
   */
  private final Set<Http2Handler> http2 =
      Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));

  private boolean halfCloseIsGone = true;
  private int headerTimeout = 30_000;

  /** A protocol for one connector. */
  public ContextNioProtocol() {
    super(new ContextNioEndpoint());
    super.setUseSendfile(false);
  }

  /** Whether a client that closes its sending side counts as gone. */
  public boolean isHalfCloseIsGone() {
    return halfCloseIsGone;
  }

  /**
   * Whether a client that closes its sending side counts as gone; true unless set.
   *
   * <p>With false a request goes on when its client's input ends, and since nothing can be read
   * after that, nothing more is noticed: not even that the client closes the rest. Only writing the
   * response tells, by failing. What still counts as gone is a connection that is reset first, and
   * over TLS also one that ends without a {@code close_notify}.
   */
  public void setHalfCloseIsGone(boolean gone) {
    halfCloseIsGone = gone;
  }

  /** How long a client may take over a request's header, in milliseconds. */
  public int getHeaderTimeout() {
    return headerTimeout;
  }

  /**
   * How long a client may take to send a request's header, from its first bytes until it is
   * complete, in milliseconds; 30,000 unless set. Tomcat's {@code connectionTimeout} begins anew
   * with each byte. Past it the connection is closed without an answer, within a second: Tomcat
   * looks for time-outs once a second. On a connection of HTTP/2 it is also how long bytes may come
   * that become no request, such as PING; it may be exceeded by a half there.
   *
   * @throws IllegalArgumentException unless it is more than zero
   */
  public void setHeaderTimeout(int milliseconds) {
    if (milliseconds <= 0) {
      throw new IllegalArgumentException("a header needs some time: " + milliseconds + " ms");
    }
    headerTimeout = milliseconds;
  }

  /** Stays off, with a warning in the log: see this class. */
  @Override
  public void setUseSendfile(boolean use) {
    if (use) {
      LOG.log(Level.WARNING, "useSendfile stays off: a file that is being sent could not be cut");
    }
  }

  /** A connection of HTTP/2 is about to begin. */
  void opened(Http2Handler connection) {
    http2.add(connection);
  }

  /** Each connection of HTTP/2 gets its GOAWAY. */
  @Override
  public void pause() throws Exception {
    super.pause();
    List.copyOf(http2).forEach(Http2Handler::pause); // a second time does nothing
  }

  /** With what {@link ServerPart} waits for around it. */
  @Override
  public void setAdapter(Adapter adapter) {
    super.setAdapter(new Exchanges(adapter));
  }

  @Override
  protected Processor createProcessor() {
    return new WatchedProcessor(this, (ContextNioEndpoint) getEndpoint(), getAdapter());
  }

  /** By ALPN. */
  @Override
  public @Nullable UpgradeProtocol getNegotiatedProtocol(String name) {
    return watched(super.getNegotiatedProtocol(name));
  }

  /** With prior knowledge, or by an upgrade. */
  @Override
  public @Nullable UpgradeProtocol getUpgradeProtocol(String name) {
    return watched(super.getUpgradeProtocol(name));
  }

  private @Nullable UpgradeProtocol watched(@Nullable UpgradeProtocol protocol) {
    return protocol instanceof Http2Protocol settings ? new WatchedHttp2(settings, this) : protocol;
  }
}
