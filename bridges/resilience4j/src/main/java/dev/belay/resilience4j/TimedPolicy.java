package dev.belay.resilience4j;

import io.github.resilience4j.core.functions.Either;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryConfig;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Predicate;

/**
 * A policy that announces no attempt for which a call has no time, and counts such a failure as one
 * after retries.
 *
 * <p>Resilience4j announces an attempt as soon as its interval is known. So the interval function
 * and the predicate of results are wrapped: they ask the call that {@link TimedCall#current()}
 * knows. Used by Resilience4j's own decorators, the policy is what its configuration says.
 */
final class TimedPolicy implements Retry {
  private final RetryConfig config;
  private final Retry retry;
  private final LongAdder outOfTime = new LongAdder();

  TimedPolicy(String name, RetryConfig config, Map<String, String> tags) {
    this.config = config;
    RetryConfig.Builder<Object> timed = RetryConfig.from(config);
    timed.intervalBiFunction(this::interval);
    Predicate<Object> isRetried = config.getResultPredicate();
    if (isRetried != null) {
      timed.retryOnResult(result -> isRetried(isRetried, result));
    }
    this.retry = Retry.of(name, timed.build(), tags);
  }

  private boolean isRetried(Predicate<Object> configured, Object result) {
    TimedCall call = TimedCall.current();
    return configured.test(result)
        && (call == null
            || call.attempt() >= config.getMaxAttempts()
            || call.interval(() -> configured(call.attempt(), Either.right(result))) >= 0);
  }

  private Long interval(Integer attempt, Either<Throwable, Object> outcome) {
    TimedCall call = TimedCall.current();
    return call == null
        ? configured(attempt, outcome)
        : call.interval(() -> configured(attempt, outcome));
  }

  private long configured(Integer attempt, Either<Throwable, Object> outcome) {
    return config.<Object>getIntervalBiFunction().apply(attempt, outcome);
  }

  /** A failure that is not tried again for want of time. */
  void countOutOfTime() {
    outOfTime.increment();
  }

  @Override
  public String getName() {
    return retry.getName();
  }

  @Override
  public <T> Context<T> context() {
    return retry.context();
  }

  @Override
  public <T> AsyncContext<T> asyncContext() {
    return retry.asyncContext();
  }

  @Override
  public RetryConfig getRetryConfig() {
    return config;
  }

  @Override
  public Map<String, String> getTags() {
    return retry.getTags();
  }

  @Override
  public EventPublisher getEventPublisher() {
    return retry.getEventPublisher();
  }

  @Override
  public Metrics getMetrics() {
    Metrics counted = retry.getMetrics();
    return new Metrics() {
      @Override
      public long getNumberOfSuccessfulCallsWithoutRetryAttempt() {
        return counted.getNumberOfSuccessfulCallsWithoutRetryAttempt();
      }

      @Override
      public long getNumberOfFailedCallsWithoutRetryAttempt() {
        return counted.getNumberOfFailedCallsWithoutRetryAttempt();
      }

      @Override
      public long getNumberOfSuccessfulCallsWithRetryAttempt() {
        return counted.getNumberOfSuccessfulCallsWithRetryAttempt();
      }

      @Override
      public long getNumberOfFailedCallsWithRetryAttempt() {
        return counted.getNumberOfFailedCallsWithRetryAttempt() + outOfTime.sum();
      }

      @Override
      public long getNumberOfTotalCalls() {
        return counted.getNumberOfTotalCalls();
      }
    };
  }

  @Override
  public String toString() {
    return "ContextRetry " + getName();
  }
}
