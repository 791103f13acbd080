package dev.belay.tomcat;

import java.lang.System.Logger.Level;
import org.apache.coyote.Adapter;
import org.apache.coyote.Processor;
import org.apache.coyote.Request;
import org.apache.coyote.UpgradeProtocol;
import org.apache.coyote.UpgradeToken;
import org.apache.coyote.http11.upgrade.InternalHttpUpgradeHandler;
import org.apache.coyote.http11.upgrade.UpgradeProcessorInternal;
import org.apache.coyote.http2.Http2Protocol;
import org.apache.tomcat.util.net.SocketWrapperBase;
import org.jspecify.annotations.Nullable;

/**
 * Tomcat's HTTP/2 as it is set up, but for the handler of a connection.
 *
 * @param protocol of the connector
 */
record WatchedHttp2(Http2Protocol http2, ContextNioProtocol protocol) implements UpgradeProtocol {
  private static final System.Logger LOG = System.getLogger("dev.belay.tomcat");

  @Override
  public String getHttpUpgradeName(boolean secure) {
    return http2.getHttpUpgradeName(secure);
  }

  @Override
  public byte[] getAlpnIdentifier() {
    return http2.getAlpnIdentifier();
  }

  @Override
  public String getAlpnName() {
    return http2.getAlpnName();
  }

  @Override
  public boolean accept(Request request) {
    return http2.accept(request);
  }

  @Override
  public Processor getProcessor(SocketWrapperBase<?> socket, Adapter adapter) {
    String name = http2.getHttpUpgradeName(socket.getSslSupport() != null);
    InternalHttpUpgradeHandler handler = handler(socket, adapter, null);
    return new UpgradeProcessorInternal(socket, new UpgradeToken(handler, null, null, name), null);
  }

  @Override
  public InternalHttpUpgradeHandler getInternalUpgradeHandler(
      SocketWrapperBase<?> socket, Adapter adapter, Request request) {
    return handler(socket, adapter, request);
  }

  /** Tomcat's other handler, for sockets without asynchronous I/O, cannot be extended. */
  private InternalHttpUpgradeHandler handler(
      SocketWrapperBase<?> socket, Adapter adapter, @Nullable Request upgraded) {
    if (socket.hasAsyncIO()) {
      var stall = new Stall(protocol.getHeaderTimeout(), System.currentTimeMillis());
      var handler = new Http2Handler(http2, new Http2Streams(adapter), stall, upgraded, socket);
      protocol.opened(handler);
      return handler;
    }
    LOG.log(Level.WARNING, "HTTP/2 is not watched with useAsyncIO=\"false\"");
    return http2.getInternalUpgradeHandler(socket, adapter, upgraded);
  }
}
