package dev.belay.jetty;

import dev.belay.http.spi.ClientWatch;
import java.util.concurrent.Executor;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.VirtualThreads;

/**
 * Watches the clients of servlets: put it around the {@code ServletContextHandler} of any of
 * Jetty's servlet environments, as the server's handler or near it. With belay-servlet's {@code
 * ContextFilter} in the application, the context of a request ends when its client goes away. On
 * HTTP/1.1 that needs a connector with {@link ContextHttpConnectionFactory}; on HTTP/2 nothing
 * else.
 *
 * <p>{@link ServerPart} waits for the requests below it.
 */
public final class WatchHandler extends Handler.Wrapper {
  private final Exchanges exchanges = new Exchanges();

  /** Watches the clients of what {@code handler} handles. */
  public WatchHandler(Handler handler) {
    super(handler);
    installBean(exchanges);
  }

  @Override
  protected void doStart() throws Exception {
    exchanges.cancel(); // a shutdown, of the time before
    ConnectionLimit.addTo(getServer());
    super.doStart();
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    exchanges.begin(request);
    if (exchanges.isShutdown()) {
      Response.writeError(request, response, callback, HttpStatus.SERVICE_UNAVAILABLE_503);
      return true;
    }
    var watch = new ServletWatch(request, response);
    request.setAttribute(ClientWatch.ATTRIBUTE, watch);
    Executor virtual =
        VirtualThreads.getVirtualThreadsExecutor(
            request.getConnectionMetaData().getConnector().getExecutor());
    if (virtual == null || Thread.currentThread().isVirtual()) {
      return super.handle(watch.request(), watch.response(), callback);
    }
    virtual.execute(() -> handleHere(watch.request(), watch.response(), callback));
    return true;
  }

  /** On a virtual thread: Jetty hands some requests over on its own threads all the same. */
  private void handleHere(Request request, Response response, Callback callback) {
    try {
      if (!super.handle(request, response, callback)) {
        Response.writeError(request, response, callback, HttpStatus.NOT_FOUND_404);
      }
    } catch (Throwable failure) {
      Response.writeError(request, response, callback, failure);
    }
  }
}
