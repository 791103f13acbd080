package dev.belay.jetty;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

/**
 * Watches whether the client of one request goes away. Tells so at most once, between {@link
 * #begin} and {@link #close}, on a thread of the server and without a lock.
 */
final class ClientWatch implements AutoCloseable {
  private final Request request;
  private final @Nullable WatchEndPoint endPoint;
  private final AtomicReference<@Nullable Consumer<Throwable>> watcher = new AtomicReference<>();

  private ClientWatch(Request request, @Nullable WatchEndPoint endPoint) {
    this.request = request;
    this.endPoint = endPoint;
  }

  static ClientWatch of(Request request) {
    var metaData = request.getConnectionMetaData();
    boolean multiplexed = metaData.getHttpVersion().getVersion() >= HttpVersion.HTTP_2.getVersion();
    return new ClientWatch(
        request,
        !multiplexed && metaData.getConnection().getEndPoint() instanceof WatchEndPoint watched
            ? watched
            : null);
  }

  /**
   * Begins to watch. HTTP/2 is read all the time and tells by itself, HTTP/1.1 by the end point.
   */
  void begin(Consumer<Throwable> onGone) {
    watcher.set(onGone);
    if (endPoint != null) {
      endPoint.watch(this::gone);
    } else {
      request.addFailureListener(this::gone);
    }
  }

  private void gone(Throwable why) {
    Consumer<Throwable> onGone = watcher.getAndSet(null);
    if (onGone != null) {
      onGone.accept(why);
    }
  }

  /** Stops watching: what happens to the connection from now on concerns this request no more. */
  @Override
  public void close() {
    watcher.set(null);
    if (endPoint != null) {
      endPoint.unwatch();
    }
  }

  /** The client has closed its side of the connection, or all of it: nobody can tell which. */
  static IOException closed() {
    return new IOException("the client closed the connection");
  }
}
