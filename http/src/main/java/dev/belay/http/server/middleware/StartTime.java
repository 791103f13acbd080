package dev.belay.http.server.middleware;

import dev.belay.ContextKey;
import dev.belay.http.server.Endpoint;
import java.time.Duration;
import java.time.Instant;

/**
 * When a request began, as a value of its context. Put it outermost, so that it counts all that is
 * done for the request. Immutable.
 *
 * @param instant for display
 * @param nanoTime by {@link System#nanoTime}
 */
public record StartTime(Instant instant, long nanoTime) {
  /** The start of the request that runs under a context. It is printed as its {@link #instant}. */
  public static final ContextKey<StartTime> KEY =
      ContextKey.named("start", StartTime.class).loggable(start -> start.instant().toString());

  /** {@code next}, with the time at which each request began. */
  public static <Q, S> Endpoint<Q, S> around(Endpoint<Q, S> next) {
    return (ctx, request, response) ->
        Bound.handle(
            next,
            ctx.withValue(KEY, new StartTime(Instant.now(), System.nanoTime())),
            request,
            response);
  }

  /** How long ago it was, by the monotonic clock. */
  public Duration elapsed() {
    return Duration.ofNanos(System.nanoTime() - nanoTime);
  }
}
