package dev.belay.jetty;

import dev.belay.lifecycle.ShutdownException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.component.Graceful;

/**
 * The requests of one handler whose responses are not complete. An endpoint that has returned is
 * not the end: Jetty still has the last part of its response to send.
 *
 * <p>A request is added before it looks for a shutdown, and a shutdown is set before it looks for
 * requests: so one of the two sees the other.
 */
final class Exchanges extends Graceful.Shutdown {
  private final Set<Request> running = ConcurrentHashMap.newKeySet();

  Exchanges() {
    super("requests in flight");
  }

  /** The request is in flight from now on until its response has been sent, or has failed. */
  void begin(Request request) {
    running.add(request);
    try {
      Request.addCompletionListener(request, failure -> end(request));
    } catch (IllegalStateException e) { // it has completed, and reports that no more
      end(request);
      throw e;
    }
  }

  private void end(Request request) {
    running.remove(request);
    check();
  }

  /**
   * Refuses to begin what has come too late.
   *
   * @throws ShutdownException if the server shuts down
   */
  void refuseAtShutdown() {
    if (isShutdown()) {
      throw new ShutdownException("the server takes no more requests");
    }
  }

  /** A request that is handled keeps its connection, however long that is silent. */
  void keepConnections() {
    for (Request request : running) {
      request.getConnectionMetaData().getConnection().getEndPoint().setIdleTimeout(0);
    }
  }

  @Override
  public boolean isShutdownDone() {
    return running.isEmpty();
  }
}
