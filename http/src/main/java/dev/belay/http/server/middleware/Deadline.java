package dev.belay.http.server.middleware;

import dev.belay.CancellableContext;
import dev.belay.http.server.Endpoint;
import dev.belay.http.server.HandlerDeadlineException;
import java.time.Duration;
import java.util.Objects;

/** A shorter limit for some of a server's requests. */
public final class Deadline {
  private Deadline() {}

  /**
   * {@code next} under a limit of its own, past which its context ends with a {@link
   * HandlerDeadlineException}. It only shortens the request's time.
   *
   * @throws IllegalArgumentException if {@code limit} is zero or negative
   */
  public static <Q, S> Endpoint<Q, S> around(Duration limit, Endpoint<Q, S> next) {
    Objects.requireNonNull(limit, "limit is null: leave the deadline out for none");
    Objects.requireNonNull(next, "next is null: pass the endpoint that is limited");
    if (!limit.isPositive()) {
      throw new IllegalArgumentException("limit is " + limit + ": nothing could ever run");
    }
    return (ctx, request, response) -> {
      try (CancellableContext limited =
          ctx.withTimeout(
              limit, () -> new HandlerDeadlineException("the limit of " + limit + " has passed"))) {
        Bound.handle(next, limited, request, response);
      }
    };
  }
}
