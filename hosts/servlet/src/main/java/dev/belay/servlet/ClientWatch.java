package dev.belay.servlet;

import dev.belay.ContextEndedException;
import java.util.function.Consumer;

/**
 * How a servlet container notices that the client of one request has gone, and what only the
 * container can do with its connection. Implemented by the container's module, which sets one as
 * the request's attribute {@link #ATTRIBUTE} before the first filter runs; {@link ContextFilter}
 * uses it. One object serves one request; all methods may be called by any thread.
 */
public interface ClientWatch {
  /** The request attribute that holds the watch. */
  String ATTRIBUTE = "dev.belay.servlet.ClientWatch";

  /**
   * Begins to watch. Called once.
   *
   * @param onGone called when the client goes away, perhaps more than once, on a thread that holds
   *     no lock of the container, and before a failed read or write of the handler returns
   */
  void begin(Consumer<Throwable> onGone);

  /**
   * Reports nothing from now on: the last part of the response is about to go out, and a client may
   * leave with its answer. Does nothing when repeated.
   */
  void stop();

  /**
   * Ends all that {@link #begin} has begun, and gives up the request, which the container may use
   * again afterwards. Does nothing when repeated.
   */
  void close();

  /**
   * The context has ended: a read of the request's body fails with {@code ended}, on whichever
   * thread it waits, and so do later ones. The response can still be written.
   */
  void failReads(ContextEndedException ended);

  /**
   * Breaks the response off, so that no client can take it for complete: over HTTP/1.1 the
   * connection is reset, over HTTP/2 the stream, and no other.
   *
   * @param writing whether a write may be under way, which fails then
   */
  void cutOff(boolean writing);
}
