package dev.belay.jetty;

import dev.belay.http.spi.FarEnd;
import java.io.EOFException;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.jspecify.annotations.Nullable;

/**
 * The end of an HTTP/2 connection, for the requests on it. Jetty reports it to them, except after
 * the client's GOAWAY: from then on it only waits for the streams to end. So the socket is watched,
 * from the connection's first request until it is closed.
 */
final class Http2End implements Connection.Listener {
  /** Of the connections that are open. */
  private static final Map<EndPoint, Http2End> KNOWN = new ConcurrentHashMap<>();

  private final FarEnd farEnd;
  private final Set<Consumer<Throwable>> watchers = ConcurrentHashMap.newKeySet();
  private volatile @Nullable Throwable gone;

  private Http2End() {
    farEnd = new FarEnd(true, this::ended);
  }

  /** The end of {@code connection}, watched from now on. */
  static Http2End of(Connection connection) {
    EndPoint endPoint = connection.getEndPoint();
    Http2End known = KNOWN.get(endPoint);
    if (known != null) {
      return known;
    }
    var made = new Http2End();
    Http2End first = KNOWN.putIfAbsent(endPoint, made);
    if (first != null) {
      return first;
    }
    connection.addEventListener(made);
    if (!endPoint.isOpen()) {
      made.onClosed(connection); // which may have come before the listener
    } else if (made.farEnd.want()) {
      EndPoint socket = WatchEndPoint.socketOf(endPoint);
      made.farEnd.look(socket.getLocalSocketAddress(), socket.getRemoteSocketAddress());
    }
    return made;
  }

  /** Reports the end to {@code watcher}, which must only start what is to be done. */
  void watch(Consumer<Throwable> watcher) {
    watchers.add(watcher);
    Throwable why = gone;
    if (why != null) {
      watcher.accept(why);
    }
  }

  void unwatch(Consumer<Throwable> watcher) {
    watchers.remove(watcher);
  }

  private void ended() {
    var why = new EOFException("the client closed the connection");
    gone = why;
    watchers.forEach(watcher -> watcher.accept(why));
  }

  @Override
  public void onClosed(Connection connection) {
    KNOWN.remove(connection.getEndPoint(), this);
    farEnd.forget();
  }
}
