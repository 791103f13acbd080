package dev.belay.jetty;

import dev.belay.Context;
import dev.belay.http.server.Endpoint;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;

/** An endpoint of Jetty: answers requests with plain blocking code. */
@FunctionalInterface
public interface ContextEndpoint extends Endpoint<Request, Response> {
  /**
   * Answers one request. It may block: it runs on the server's worker, best a virtual thread.
   *
   * @param ctx ends when the client goes away, its deadline passes, or the server shuts down; pass
   *     it on to everything that can wait
   * @param request read its body with {@code Content.Source}
   * @param response write it with {@code Content.Sink}; it is finished when this method returns
   * @throws Exception is answered as {@link dev.belay.http.server.FailureStatus} says
   */
  @Override
  void handle(Context ctx, Request request, Response response) throws Exception;
}
