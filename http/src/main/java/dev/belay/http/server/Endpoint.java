package dev.belay.http.server;

import dev.belay.Context;

/**
 * Answers requests with plain blocking code, whatever the host. Middleware is a function from an
 * endpoint to an endpoint, such as those in {@code dev.belay.http.server.middleware}.
 *
 * @param <Q> the host's request
 * @param <S> the host's response
 */
@FunctionalInterface
public interface Endpoint<Q, S> {
  /**
   * Answers one request. It may block: it runs on the server's worker, best a virtual thread.
   *
   * @param ctx ends when the client goes away, its deadline passes, or the server shuts down; pass
   *     it on to everything that can wait
   * @throws Exception is answered as {@link FailureStatus} says
   */
  void handle(Context ctx, Q request, S response) throws Exception;
}
