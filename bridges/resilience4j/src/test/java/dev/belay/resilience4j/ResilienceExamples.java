package dev.belay.resilience4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.belay.Context;
import dev.belay.ContextCancelledException;
import dev.belay.ContextEndedException;
import io.github.resilience4j.bulkhead.BulkheadRegistry;
import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.ratelimiter.RateLimiterRegistry;
import io.github.resilience4j.retry.RetryConfig;
import java.io.IOException;
import java.time.Duration;
import org.assertj.core.api.ThrowableAssert;
import org.junit.jupiter.api.Test;

/** The code of docs/guide/resilience.md, and that it does what the page says. */
class ResilienceExamples {
  private final CircuitBreakerRegistry breakers = CircuitBreakerRegistry.ofDefaults();
  private final BulkheadRegistry bulkheads = BulkheadRegistry.ofDefaults();
  private final RateLimiterRegistry limiters = RateLimiterRegistry.ofDefaults();

  // @start region=make
  private final ContextRetry retry =
      ContextRetry.of(
          "charge", RetryConfig.custom().ignoreExceptions(CallNotPermittedException.class).build());
  private final ContextRateLimiter limiter = ContextRateLimiter.of(limiters.rateLimiter("charge"));
  private final ContextBulkhead bulkhead = ContextBulkhead.of(bulkheads.bulkhead("charge"));
  private final ContextCircuitBreaker breaker =
      ContextCircuitBreaker.of(breakers.circuitBreaker("charge"));

  // @end region=make

  private int asked;

  private String ask(Context ctx) throws IOException {
    asked++;
    throw new IOException("refused");
  }

  // @start region=call
  String charge(Context ctx) throws IOException, InterruptedException {
    return breaker.call(
        ctx,
        c -> {
          try (var attempt = c.withTimeout(Duration.ofMillis(300))) { // the backend's time
            return ask(attempt);
          }
        });
  }

  // @end region=call

  // @start region=order
  String chargeWithAll(Context ctx) throws Exception {
    return retry.call(
        ctx, again -> bulkhead.call(again, placed -> limiter.call(placed, this::charge)));
  }

  // @end region=order

  // @start region=fallback
  String chargeOrLater(Context ctx) throws InterruptedException {
    try {
      return charge(ctx);
    } catch (CallNotPermittedException | IOException e) {
      return "later"; // and not ContextEndedException: the caller is not there any more
    }
  }

  // @end region=fallback

  @Test
  void aFailureIsTriedAgainUntilTheBreakerIsOpen(Context ctx) {
    assertThat(failure(() -> chargeWithAll(ctx))).isInstanceOf(IOException.class);
    assertThat(asked).isEqualTo(3);
    breaker.policy().transitionToOpenState();
    assertThat(failure(() -> chargeWithAll(ctx))).isInstanceOf(CallNotPermittedException.class);
    assertThat(asked).isEqualTo(3);
  }

  @Test
  void theFallbackIsForThoseWhoAreThere(Context ctx) throws Exception {
    assertThat(chargeOrLater(ctx)).isEqualTo("later");
    breaker.policy().transitionToOpenState();
    assertThat(chargeOrLater(ctx)).isEqualTo("later");
    try (var gone = ctx.withCancel()) {
      gone.cancel();
      assertThat(failure(() -> chargeOrLater(gone))).isInstanceOf(ContextEndedException.class);
    }
  }

  @Test
  void aStockBreakerOpensForCallersThatLeave(Context ctx) {
    var stock = breakers.circuitBreaker("stock");
    for (int i = 0; i < 100; i++) {
      try (var gone = ctx.withCancel()) {
        gone.cancel();
        assertThat(failure(() -> stock.executeCallable(() -> gone.call(c -> "never"))))
            .isInstanceOf(ContextCancelledException.class);
      }
    }
    assertThat(stock.getState()).isEqualTo(State.OPEN);
  }

  private static Throwable failure(ThrowableAssert.ThrowingCallable call) {
    return catchThrowable(call);
  }
}
