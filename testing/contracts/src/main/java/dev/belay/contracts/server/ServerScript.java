package dev.belay.contracts.server;

import dev.belay.Context;

/**
 * What the handler of a request does in a contract. The host's adapter runs it as it would any
 * handler: under the request's context, on a thread that may block, and with the status that its
 * failure has.
 */
@FunctionalInterface
public interface ServerScript {
  /**
   * Handles one request; the response is finished when it returns.
   *
   * @param ctx the request's context
   * @throws Exception for the host to answer
   */
  void run(Context ctx, ServerExchange exchange) throws Exception;
}
