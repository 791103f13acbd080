package dev.belay.resilience4j;

import dev.belay.CancellableContext;
import dev.belay.Context;
import dev.belay.ContextCallable;
import dev.belay.ContextEndedException;
import dev.belay.spi.ContextEvent;
import dev.belay.spi.ContextEvents;
import dev.belay.spi.Permits;
import dev.belay.spi.Permits.Permit;
import dev.belay.spi.StepTimes;
import io.github.resilience4j.ratelimiter.RateLimiter;
import io.github.resilience4j.ratelimiter.RequestNotPermitted;
import io.github.resilience4j.ratelimiter.internal.AtomicRateLimiter;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A {@link RateLimiter} under a context. A permission is taken when there is one, and never in
 * advance: a caller that leaves while it waits has used none up. A wait that does not fit into the
 * time left, or into the limiter's own, is refused at once. Those who wait are served in the order
 * of {@link Permits} (R41): begun work first, newest first once the queue stands.
 *
 * <p>Make one for a limiter and share it. Resilience4j's own decorators reserve permissions for
 * later periods, so beside them a call may find one taken that it had seen, and then has to reserve
 * too.
 *
 * <p>For any number of threads and calls.
 */
public final class ContextRateLimiter {
  private final RateLimiter limiter;

  /** Whose turn it is to look for a permission. */
  private final Permits turns = new Permits(() -> 1);

  private ContextRateLimiter(RateLimiter limiter) {
    this.limiter = limiter;
  }

  /** Puts {@code limiter} under contexts. It stays its owner's, who may also use it without. */
  public static ContextRateLimiter of(RateLimiter limiter) {
    return new ContextRateLimiter(
        Objects.requireNonNull(limiter, "limiter is null: pass RateLimiter.ofDefaults(name)"));
  }

  /**
   * The limiter, which has the metrics and the events. It publishes no failed acquisition for a
   * call that was refused: that is a {@link ContextEvent.Refused}.
   */
  public RateLimiter policy() {
    return limiter;
  }

  /**
   * Runs {@code body} under a child of {@code ctx} with the limiter's name, when the limiter
   * permits it.
   *
   * @throws RequestNotPermitted if there is no permission within the limiter's {@code
   *     timeoutDuration}; at once if the next one comes later than that, or too late for {@code
   *     ctx}, by what the body takes (R41)
   * @throws ContextEndedException if {@code ctx} ends first: {@code body} does not run
   * @throws InterruptedException if the thread is interrupted while it waits
   * @throws X what {@code body} throws
   */
  public <T extends @Nullable Object, X extends Exception> T call(
      Context ctx, ContextCallable<T, X> body) throws X, InterruptedException {
    Objects.requireNonNull(ctx, "ctx is null: pass Context.todo() where you do not know yet");
    Objects.requireNonNull(body, "body is null: pass what to call");
    Context named = ctx.withName(limiter.getName());
    acquire(named);
    T result;
    try {
      result = named.call(body);
    } catch (Exception e) {
      if (!CallersEnd.explains(ctx, e)) {
        limiter.onError(e);
      }
      throw e;
    }
    limiter.onResult(result);
    return result;
  }

  private void acquire(Context ctx) throws InterruptedException {
    ctx.throwIfDone();
    Duration longest = limiter.getRateLimiterConfig().getTimeoutDuration();
    try (CancellableContext waiting = ctx.withTimeout(longest)) {
      requireTime(ctx, waiting, untilNext());
      try (Permit turn = turns.acquire(ctx, longest)) {
        if (turn == null) {
          throw refused(ctx, "none within " + longest);
        }
        awaitNext(ctx, waiting);
      }
    }
  }

  /** For the one whose turn it is. */
  private void awaitNext(Context ctx, Context waiting) throws InterruptedException {
    if (!(limiter instanceof AtomicRateLimiter)) {
      awaitAny(ctx);
      return;
    }
    for (long nanos = untilNext(); ; nanos = untilNext()) {
      boolean reserved = nanos <= 0;
      if (reserved) {
        nanos = limiter.reservePermission();
        if (nanos == 0) {
          return;
        }
      }
      requireTime(ctx, waiting, nanos);
      ctx.sleep(Duration.ofNanos(nanos));
      if (reserved) {
        return;
      }
    }
  }

  /** A limiter that reserves nothing: an interrupt ends its wait without harm. */
  private void awaitAny(Context ctx) throws InterruptedException {
    boolean permitted = ctx.callInterruptibly(c -> limiter.acquirePermission());
    if (!permitted) {
      ctx.throwIfDone();
      if (Thread.interrupted()) {
        throw new InterruptedException("while waiting for a permission of " + limiter.getName());
      }
      throw RequestNotPermitted.createRequestNotPermitted(limiter);
    }
  }

  /** How long until there is a permission, in nanoseconds; 0 if there is one, or it is unknown. */
  private long untilNext() {
    return limiter instanceof AtomicRateLimiter atomic
        ? atomic.getDetailedMetrics().getNanosToWait()
        : 0;
  }

  /**
   * Refuses the call if the wait does not fit; a negative one is longer than the limiter allows.
   */
  private void requireTime(Context ctx, Context waiting, long nanos) {
    ctx.throwIfDone();
    Duration wait = Duration.ofNanos(nanos);
    if (nanos < 0 || nanos > waiting.remainingNanos()) {
      throw refused(ctx, "the next one comes too late");
    }
    if (nanos > 0 && !ctx.hasTimeFor(wait.plus(StepTimes.shortest(ctx)))) {
      throw refused(ctx, "the next one comes in %d ms".formatted(wait.toMillis()));
    }
  }

  private RequestNotPermitted refused(Context ctx, String reason) {
    ContextEvents.report(
        new ContextEvent.Refused(ctx, "a permission of " + limiter.getName(), reason));
    return RequestNotPermitted.createRequestNotPermitted(limiter);
  }

  @Override
  public String toString() {
    return "ContextRateLimiter " + limiter.getName();
  }
}
