package dev.belay.tomcat;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.apache.coyote.Adapter;
import org.apache.coyote.Request;
import org.apache.coyote.Response;
import org.apache.coyote.http11.Http11Processor;
import org.apache.tomcat.util.net.AbstractEndpoint.Handler.SocketState;
import org.apache.tomcat.util.net.NioEndpoint.NioSocketWrapper;
import org.apache.tomcat.util.net.SocketWrapperBase;
import org.jspecify.annotations.Nullable;

/** Watches each request of an HTTP/1.1 connection, and limits the time of its header. */
final class WatchedProcessor extends Http11Processor {
  private static final long NEVER = -1;

  private final ContextNioProtocol protocol;
  private final ContextNioEndpoint endpoint;
  private final Adapter watching;

  /** Of the request that is being handled, or was last. */
  private volatile @Nullable Http1Watch watch;

  /** When the header began that is not complete; only its connection's thread looks here. */
  private long headerBegan;

  private boolean headerIncomplete;

  WatchedProcessor(ContextNioProtocol protocol, ContextNioEndpoint endpoint, Adapter adapter) {
    super(protocol, adapter);
    this.protocol = protocol;
    this.endpoint = endpoint;
    this.watching = new WatchingAdapter(adapter, this::watch);
  }

  @Override
  public Adapter getAdapter() {
    return watching;
  }

  private Http1Watch watch(Request request, Response response) {
    headerIncomplete = false;
    var socket = (NioSocketWrapper) getSocketWrapper();
    var made = new Http1Watch(endpoint, socket, protocol.isHalfCloseIsGone(), request, response);
    watch = made;
    return made;
  }

  /** A servlet that reads without blocking looks itself whether there is something. */
  @Override
  protected boolean isReadyForRead() {
    Http1Watch current = watch;
    return current == null
        ? super.isReadyForRead()
        : current.exclusively(() -> super.isReadyForRead());
  }

  /** Tomcat comes here for each part of a header, and leaves with LONG until it is complete. */
  @Override
  public SocketState service(SocketWrapperBase<?> socket) throws IOException {
    if (headerIncomplete) {
      socket.setReadTimeout(protocol.getConnectionTimeout());
    }
    SocketState state = super.service(socket);
    if (state != SocketState.LONG || isAsync()) {
      headerIncomplete = false;
      return state;
    }
    long now = System.nanoTime();
    if (!headerIncomplete) {
      headerIncomplete = true;
      headerBegan = now;
    }
    long left = protocol.getHeaderTimeout() - TimeUnit.NANOSECONDS.toMillis(now - headerBegan);
    if (left <= 0) {
      return SocketState.CLOSED;
    }
    long idle = socket.getReadTimeout();
    socket.setReadTimeout(idle == NEVER ? left : Math.min(idle, left));
    return state;
  }
}
