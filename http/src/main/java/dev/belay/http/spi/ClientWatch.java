package dev.belay.http.spi;

import dev.belay.ContextEndedException;
import java.util.function.Consumer;

/**
 * How a server notices that the client of one request has gone, and what only the server can do
 * with its connection. Implemented by the server's module, which sets one as the request's
 * attribute {@link #ATTRIBUTE} before the first servlet filter runs; belay-servlet's {@code
 * ContextFilter} uses it. One object serves one request; all methods may be called by any thread.
 *
 * <p>That a client has left is decided, on HTTP/1.1, by {@code WatchEndPoint} in belay-jetty and by
 * {@code Http1Watch} in belay-tomcat; behind bytes that nothing reads, by {@link FarEnd}.
 */
public interface ClientWatch {
  /** The request attribute that holds the watch. */
  String ATTRIBUTE = "dev.belay.http.spi.ClientWatch";

  /**
   * Begins to watch. Called once.
   *
   * @param onGone called when the client goes away before its response is complete, perhaps more
   *     than once, on a thread that holds no lock of the server, and before a failed read or write
   *     of the request's own thread returns
   * @param limits told whenever the server waits for the client, from now to {@link #close}
   */
  void begin(Consumer<Throwable> onGone, ClientLimits limits);

  /**
   * Fails a read of the request's body that is under way, on whichever thread it waits, and every
   * later one, with {@code ended}. The response can still be written.
   */
  void failReads(ContextEndedException ended);

  /**
   * Breaks the response off, so that no client can take it for complete: over HTTP/1.1 the
   * connection is reset, over HTTP/2 the stream, and no other. A write that is under way fails, and
   * so does every later one. Does nothing if the response is complete.
   *
   * @param why the cause of the {@link java.io.IOException} that those writes fail with
   */
  void cutOff(Throwable why);

  /**
   * Ends all that {@link #begin} has begun, and gives up the request, which the server may use
   * again afterwards. Called before the server finishes the response. From its return on nothing is
   * reported. Does nothing when repeated.
   */
  void close();
}
