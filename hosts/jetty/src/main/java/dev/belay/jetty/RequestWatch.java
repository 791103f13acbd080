package dev.belay.jetty;

import dev.belay.spi.HelperThread;
import java.io.EOFException;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.ConnectionMetaData;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpStream;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * Watches whether the client of one request goes away: that its connection ends or is reset, or, on
 * HTTP/2, that it resets the stream. Reports so, perhaps more than once, between {@link #begin} and
 * the last part of the response: on a virtual thread of its own that holds no lock, and on the
 * handler's, before that goes on. Nothing is reported from the end of {@link #close} on; a report
 * that has already begun may still be running then.
 *
 * <p>On HTTP/1.1 it needs a connection made by {@link ContextHttpConnectionFactory}, where {@link
 * WatchEndPoint} decides that the client has left; elsewhere it asks Jetty, which on HTTP/2 knows.
 * There Jetty notifies one party, once: not a listener that comes after the stream has ended, see
 * {@link Http2Stream}, and none while the handler itself waits in a read of the body or in a write.
 * That call fails then; so the handler reads and writes through {@code request} and {@code
 * response}, which report it first.
 *
 * <p>All methods may be called by any thread.
 */
final class RequestWatch implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger("dev.belay.jetty");

  /** The connectors of which the log says so already. */
  private static final Set<Connector> UNWATCHED =
      Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));

  /** Stands in the place of a watcher once nothing is reported any more. */
  private static final Consumer<Throwable> OVER = new Over();

  private final Request request;
  private final @Nullable WatchEndPoint endPoint;
  private final @Nullable Http2End http2End;
  private final AtomicReference<@Nullable Consumer<Throwable>> watcher = new AtomicReference<>();
  private final Consumer<Throwable> reported = this::gone; // one object, for unwatch to recognize

  /** What was seen first, and is about to be reported by a thread of its own. */
  private volatile @Nullable Throwable pending;

  private RequestWatch(Request request, @Nullable WatchEndPoint endPoint) {
    this.request = request;
    this.endPoint = endPoint;
    this.http2End = http2End(request);
  }

  private static @Nullable Http2End http2End(Request request) {
    return request.getConnectionMetaData().getHttpVersion() == HttpVersion.HTTP_2
        ? Http2End.of(request.getConnectionMetaData().getConnection())
        : null;
  }

  /** A watch over the client of {@code request}, not yet begun. */
  static RequestWatch of(Request request) {
    WatchEndPoint endPoint = WatchEndPoint.of(request);
    ConnectionMetaData metaData = request.getConnectionMetaData();
    if (endPoint == null
        && metaData.getHttpVersion().getVersion() < HttpVersion.HTTP_2.getVersion()
        && UNWATCHED.add(metaData.getConnector())) {
      LOG.log(
          Level.WARNING,
          "HTTP/1.1 connections of {0} do not report that a client has gone: a request runs until"
              + " its limit. Use ContextHttpConnectionFactory",
          metaData.getConnector());
    }
    return new RequestWatch(request, endPoint);
  }

  /**
   * Begins to watch. It ends by itself when the last part of the response is handed to Jetty: a
   * client that leaves with its answer has not gone away.
   *
   * @param onGone gets why the client counts as gone; it must not throw, and is perhaps called
   *     twice
   * @throws IllegalStateException if this watch has begun before, or the request is completed
   */
  void begin(Consumer<Throwable> onGone) {
    if (!watcher.compareAndSet(null, onGone)) {
      throw new IllegalStateException("a watch begins once");
    }
    request.addHttpStreamWrapper(WatchedStream::new);
    if (endPoint != null) {
      endPoint.watch(reported);
    } else {
      keepWhileIdle();
      request.addFailureListener(reported);
      if (http2End != null) {
        http2End.watch(reported);
      }
      if (Http2Stream.hasEnded(request)) {
        gone(new EOFException("the stream had ended when its request was handled"));
      }
    }
  }

  /** An idle stream is no failure while the handler works; and Jetty reports one failure only. */
  void keepWhileIdle() {
    if (endPoint == null) {
      request.addIdleTimeoutListener(idle -> false);
    }
  }

  /**
   * What to do with a failure to read the request or to write the response, before the handler gets
   * it: over HTTP/2 Jetty reports such a failure to nothing else. Over HTTP/1.1 the end point
   * reports; there a body that cannot be read may be a half-close, which is no end.
   */
  Consumer<Throwable> onReadFailure() {
    return endPoint == null ? this::failed : ignored -> {};
  }

  /** The same for the response. */
  Consumer<Throwable> onWriteFailure() {
    return this::failed;
  }

  /** Reports at once, on the thread that is about to get the failure. */
  private void failed(Throwable why) {
    if (why instanceof IOException) { // which a time-out is not
      report(why);
    }
  }

  /**
   * Stops watching, on the handler's thread: what becomes of the connection concerns this request
   * no more. What was seen before is reported before.
   */
  @Override
  public void close() {
    Throwable seen = pending;
    if (seen != null) {
      report(seen);
    }
    stop();
  }

  private void stop() {
    watcher.set(OVER);
    if (endPoint != null) {
      endPoint.unwatch(reported);
    }
    if (http2End != null) {
      http2End.unwatch(reported);
    }
  }

  /** Any thread, any number of times, under any lock: the watcher runs elsewhere. */
  private void gone(Throwable why) {
    if (pending == null && !OVER.equals(watcher.get())) {
      pending = why;
      HelperThread.unstarted("belay-client-gone", () -> report(why)).start();
    }
  }

  /**
   * Twice, if two threads know: the second does not rely on the first, which may have come no
   * further than here, while the second is about to let the handler go on.
   */
  private void report(Throwable why) {
    Consumer<Throwable> onGone = watcher.get();
    if (onGone != null) {
      onGone.accept(why);
    }
  }

  /** Sees the last part of the request's body, and of the response, pass by. */
  private final class WatchedStream extends HttpStream.Wrapper {
    WatchedStream(HttpStream stream) {
      super(stream);
    }

    @Override
    public Content.@Nullable Chunk read() {
      Content.Chunk chunk = super.read();
      if (endPoint != null && chunk != null && chunk.isLast()) {
        endPoint.bodyRead();
      }
      return chunk;
    }

    @Override
    public void send(
        MetaData.Request request,
        MetaData.@Nullable Response response,
        boolean last,
        @Nullable ByteBuffer content,
        Callback callback) {
      if (last) {
        stop();
      }
      super.send(request, response, last, content, callback);
    }

    @Override
    public void succeeded() {
      stop();
      super.succeeded();
    }

    @Override
    public void failed(Throwable failure) {
      stop();
      super.failed(failure);
    }
  }

  private static final class Over implements Consumer<Throwable> {
    @Override
    public void accept(Throwable why) {}
  }
}
