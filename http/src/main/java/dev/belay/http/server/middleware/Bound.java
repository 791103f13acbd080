package dev.belay.http.server.middleware;

import dev.belay.Context;
import dev.belay.http.server.Endpoint;
import dev.belay.spi.Ambient;

/**
 * Hands requests on with their context bound to the thread, for code that has nothing but {@link
 * Context#current()}, as the fields of log events. It is bound also when it has ended: what answers
 * for that lies further in.
 */
final class Bound {
  private Bound() {}

  static <Q, S> void handle(Endpoint<Q, S> next, Context ctx, Q request, S response)
      throws Exception {
    Object before = Ambient.bind(ctx);
    try {
      next.handle(ctx, request, response);
    } finally {
      Ambient.restore(before);
    }
  }
}
