package dev.belay.http.server.middleware;

import dev.belay.http.server.Endpoint;
import dev.belay.http.server.OverloadException;
import dev.belay.spi.ContextEvent;
import dev.belay.spi.ContextEvents;
import dev.belay.spi.Permits;
import java.time.Duration;

/**
 * Lets so many requests run at once. The next ones wait, each for a bounded time, in the order of
 * {@link Permits}; one that waits in vain is refused with {@link OverloadException} (503) and
 * reported as {@link ContextEvent.Refused}. One whose client leaves meanwhile, or whose time is up,
 * never begins. Endpoints that share an instance share the limit. Any thread may call anything.
 */
public final class ConcurrencyLimit {
  private final Permits permits;
  private final Duration longestWait;

  private ConcurrencyLimit(int running, Duration longestWait) {
    this.permits = new Permits(() -> running);
    this.longestWait = longestWait;
  }

  /**
   * A limit.
   *
   * @param running how many requests run at once
   * @param longestWait how long each may wait; zero refuses at once. It is also what the client is
   *     asked to wait before it tries again.
   * @throws IllegalArgumentException if {@code running} is less than one, or the wait negative
   */
  public static ConcurrencyLimit of(int running, Duration longestWait) {
    if (running < 1 || longestWait.isNegative()) {
      throw new IllegalArgumentException(
          "at least one must run, and none waits less than no time: %d, %s"
              .formatted(running, longestWait));
    }
    return new ConcurrencyLimit(running, longestWait);
  }

  /** {@code next}, within this limit. */
  public <Q, S> Endpoint<Q, S> around(Endpoint<Q, S> next) {
    return (ctx, request, response) -> {
      try (Permits.Permit permit = permits.acquire(ctx, longestWait)) {
        if (permit == null) {
          ContextEvents.report(new ContextEvent.Refused(ctx, "a place to run", "all are taken"));
          throw new OverloadException("all places to run are taken", longestWait);
        }
        next.handle(ctx, request, response);
      }
    };
  }
}
