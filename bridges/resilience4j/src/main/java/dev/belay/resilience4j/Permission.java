package dev.belay.resilience4j;

import dev.belay.Context;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import org.jspecify.annotations.Nullable;

/**
 * The right to make one call, for which the breaker gets exactly one answer: an error, a success,
 * or the permission itself.
 *
 * <p>Only the half-open state counts permissions. Given back to another half-open state than its
 * own, a permission would be one probe too many, so each remembers its state, by the metrics: every
 * half-open state has an object of its own.
 */
final class Permission {
  private final CircuitBreaker breaker;
  private final long since;

  /** The half-open state that it is of; null if the breaker was in another one. */
  private final CircuitBreaker.@Nullable Metrics probed;

  private Permission(CircuitBreaker breaker, long since) {
    this.breaker = breaker;
    this.since = since;
    this.probed = halfOpen();
  }

  static Permission acquire(CircuitBreaker breaker) {
    long since = breaker.getCurrentTimestamp(); // may throw: it is configured
    breaker.acquirePermission();
    return new Permission(breaker, since);
  }

  /** The metrics first: those of a state that is over are of no use. */
  private CircuitBreaker.@Nullable Metrics halfOpen() {
    CircuitBreaker.Metrics metrics = breaker.getMetrics();
    return breaker.getState() == State.HALF_OPEN ? metrics : null;
  }

  void succeeded(@Nullable Object result) {
    boolean reported = false;
    try {
      breaker.onResult(elapsed(), breaker.getTimestampUnit(), result);
      reported = true;
    } finally {
      if (!reported) {
        release(); // a predicate of the configuration has thrown
      }
    }
  }

  /** The call has failed, be it the backend's failure or the caller's end. */
  void failed(Context ctx, Throwable failure) {
    try {
      if (CallersEnd.explains(ctx, failure)) {
        release();
      } else {
        report(failure);
      }
    } catch (RuntimeException | Error e) {
      failure.addSuppressed(e);
    }
  }

  private void report(Throwable failure) {
    boolean reported = false;
    try {
      breaker.onError(elapsed(), breaker.getTimestampUnit(), failure);
      reported = true;
    } finally {
      if (!reported) {
        release(); // as above
      }
    }
  }

  private long elapsed() {
    return breaker.getCurrentTimestamp() - since;
  }

  @SuppressWarnings("ReferenceEquality") // the very state
  private void release() {
    CircuitBreaker.Metrics now = halfOpen();
    if (now == null || now == probed) {
      breaker.releasePermission();
    }
  }
}
