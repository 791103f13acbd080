package dev.belay.tomcat;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.apache.tomcat.util.net.NioChannel;
import org.apache.tomcat.util.net.NioEndpoint;
import org.apache.tomcat.util.net.SocketEvent;
import org.apache.tomcat.util.net.SocketWrapperBase;

/** Gives what arrives on a socket to the watch of the request that is being handled on it. */
final class ContextNioEndpoint extends NioEndpoint {
  /** The most that one record of TLS holds, as the JDK counts it (RFC 8446, section 5.2). */
  private static final int RECORD = 17 * 1024;

  private final ConcurrentMap<SocketWrapperBase<NioChannel>, Http1Watch> watches =
      new ConcurrentHashMap<>();

  /**
   * Channels are not used again: a thread that still writes to one whose connection was cut off
   * must not meet the next connection's.
   */
  ContextNioEndpoint() {
    getSocketProperties().setBufferPool(0);
  }

  void add(SocketWrapperBase<NioChannel> socket, Http1Watch watch) {
    watches.put(socket, watch);
  }

  void remove(SocketWrapperBase<NioChannel> socket, Http1Watch watch) {
    watches.remove(socket, watch);
  }

  @Override
  public boolean processSocket(
      SocketWrapperBase<NioChannel> socket, SocketEvent event, boolean dispatch) {
    Http1Watch watch =
        event == SocketEvent.OPEN_READ && isPoller(Thread.currentThread())
            ? watches.get(socket)
            : null;
    return (watch != null && watch.readable()) || super.processSocket(socket, event, dispatch);
  }

  /** Others use the same event to have an asynchronous request dispatched or completed. */
  private boolean isPoller(Thread thread) {
    return thread.getName().equals(getName() + "-Poller");
  }

  /** TLS decrypts whole records: there must be room for one beside what is read ahead. */
  @Override
  public void bind() throws Exception {
    if (isSSLEnabled()) {
      int size = Math.max(getSocketProperties().getAppReadBufSize(), Http1Watch.AHEAD + RECORD);
      getSocketProperties().setAppReadBufSize(size);
    }
    super.bind();
  }
}
