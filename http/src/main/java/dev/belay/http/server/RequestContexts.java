package dev.belay.http.server;

import dev.belay.CancellableContext;
import dev.belay.Context;
import dev.belay.http.wire.RemainingTime;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Makes the contexts of a server's requests. Two limits apply, and the shorter one counts: the
 * host's own, and the remaining time that the client has sent. So a client can shorten its
 * request's time, never lengthen it. Immutable.
 *
 * @param limit the host's own limit for a request; null for none
 */
public record RequestContexts(@Nullable Duration limit) {

  /**
   * The context of one request. The host owns it: it closes it when the request is finished, and
   * cancels it with a {@link ClientGoneException} when the client goes away before that.
   *
   * @param server the context of the server, which ends at shutdown
   * @param name the request's name, for messages and the live tree: {@code POST /orders}
   * @param remaining the value of the client's remaining time header, null if there is none. What
   *     {@link RemainingTime#parse} refuses does not count: the host's limit and the server's life
   *     still bound the request. A host that would rather refuse the request parses it before.
   */
  public CancellableContext open(Context server, String name, @Nullable String remaining) {
    Objects.requireNonNull(server, "server is null: pass the server's root");
    Context named = server.withName(name);
    Duration shortest = limit;
    if (RemainingTime.parse(remaining) instanceof RemainingTime.Known(Duration left)
        && (shortest == null || left.compareTo(shortest) < 0)) {
      shortest = left;
    }
    return shortest == null ? named.withCancel() : named.withTimeout(shortest);
  }
}
