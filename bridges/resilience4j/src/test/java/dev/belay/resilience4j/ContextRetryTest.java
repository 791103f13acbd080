package dev.belay.resilience4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.CancellableContext;
import dev.belay.Context;
import dev.belay.ContextCallable;
import dev.belay.ContextCancelledException;
import dev.belay.DeadlineExceededException;
import dev.belay.testkit.VirtualClock;
import io.github.resilience4j.core.IntervalFunction;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryConfig;
import io.github.resilience4j.retry.RetryRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

class ContextRetryTest {
  private static final Duration PAUSE = Duration.ofMillis(100);

  private final ContextRetry retry =
      ContextRetry.of(
          "charge",
          RetryConfig.<String>custom()
              .maxAttempts(3)
              .intervalFunction(IntervalFunction.ofExponentialBackoff(PAUSE, 2))
              .ignoreExceptions(IllegalArgumentException.class)
              .retryOnResult("again"::equals)
              .build());
  private final Retry policy = retry.policy();
  private final List<Duration> attempts = new ArrayList<>();

  /** Runs {@code body} by the policy on another thread, and lets time pass whenever it pauses. */
  private <X extends Exception> String call(
      Context ctx, VirtualClock clock, ContextCallable<String, X> body) throws Throwable {
    FutureTask<String> call =
        new FutureTask<>(
            () ->
                retry.call(
                    ctx,
                    c -> {
                      attempts.add(Duration.ofNanos(clock.nanoTime()));
                      return body.call(c);
                    }));
    Thread thread = Thread.ofVirtual().unstarted(call);
    clock.starting(thread); // so that no time passes while it runs, not even before its first pause
    thread.start();
    clock.runUntilIdle();
    try {
      return call.get();
    } catch (ExecutionException e) {
      throw e.getCause();
    }
  }

  @Test
  void anAttemptThatCannotFinishIsNotAnnounced(Context ctx, VirtualClock clock) {
    Duration takes = PAUSE.multipliedBy(2);
    for (int i = 0; i < 20; i++) {
      try (var one = ctx.withTimeout(takes.multipliedBy(2))) {
        assertThatCode(
                () ->
                    retry.call(
                        one,
                        c -> {
                          clock.advance(takes);
                          return "done";
                        }))
            .doesNotThrowAnyException();
      }
    }
    // Time for the pause, and not for an attempt after it.
    try (var one = ctx.withTimeout(PAUSE.plus(takes).minusMillis(1))) {
      assertThatThrownBy(
              () ->
                  retry.call(
                      one,
                      c -> {
                        throw new IOException("refused");
                      }))
          .isInstanceOf(IOException.class)
          .satisfies(
              failure ->
                  assertThat(failure.getSuppressed()[0])
                      .hasMessage(
                          "not tried again: the next attempt was to begin in 100 ms and takes"
                              + " 200 ms, and 299 ms are left"));
    }
  }

  @Test
  void triesAgainAfterThePausesOfThePolicy(Context ctx, VirtualClock clock) throws Throwable {
    String result =
        call(
            ctx,
            clock,
            c -> {
              if (attempts.size() < 3) {
                throw new IOException("refused");
              }
              return c.toString();
            });
    assertThat(result).contains("charge");
    assertThat(attempts).containsExactly(Duration.ZERO, PAUSE, PAUSE.multipliedBy(3));
    assertThat(policy.getMetrics().getNumberOfSuccessfulCallsWithRetryAttempt()).isOne();
  }

  @Test
  void givesUpWithTheLastFailureWhenThePolicyDoes(Context ctx, VirtualClock clock) {
    assertThatThrownBy(
            () ->
                call(
                    ctx,
                    clock,
                    c -> {
                      throw new IOException("refused " + attempts.size());
                    }))
        .isInstanceOf(IOException.class)
        .hasMessage("refused 3")
        .hasNoSuppressedExceptions();
    assertThat(policy.getMetrics().getNumberOfFailedCallsWithRetryAttempt()).isOne();
  }

  @Test
  void triesWhatThePolicyIgnoresOnce(Context ctx, VirtualClock clock) {
    assertThatThrownBy(
            () ->
                call(
                    ctx,
                    clock,
                    c -> {
                      throw new IllegalArgumentException("no such card");
                    }))
        .hasMessage("no such card");
    assertThat(attempts).hasSize(1);
  }

  @Test
  void triesAgainAfterAResultThatThePolicyDoesNotTake(Context ctx, VirtualClock clock)
      throws Throwable {
    assertThat(call(ctx, clock, c -> attempts.size() < 2 ? "again" : "done")).isEqualTo("done");
    assertThat(call(ctx, clock, c -> "again")).isEqualTo("again");
    assertThat(attempts).hasSize(2 + 3);
  }

  @Test
  void neverPausesPastTheDeadline(Context ctx, VirtualClock clock) {
    try (var limited = ctx.withTimeout(PAUSE.multipliedBy(2))) {
      assertThatThrownBy(
              () ->
                  call(
                      limited,
                      clock,
                      c -> {
                        throw new IOException("refused");
                      }))
          .isInstanceOf(IOException.class)
          .satisfies(
              e ->
                  assertThat(e.getSuppressed())
                      .singleElement()
                      .isInstanceOf(TimeoutException.class)
                      .extracting(Throwable::getMessage)
                      .isEqualTo(
                          "not tried again: the next attempt was to begin in 200 ms, and 100 ms"
                              + " are left"));
    }
    assertThat(attempts).containsExactly(Duration.ZERO, PAUSE);
  }

  @Test
  void announcesNoAttemptForWhichThereIsNoTimeAndCountsTheFailure(Context ctx, VirtualClock clock) {
    List<String> events = new ArrayList<>();
    policy
        .getEventPublisher()
        .onEvent(e -> events.add(e.getEventType() + "#" + e.getNumberOfRetryAttempts()));
    try (var limited = ctx.withTimeout(PAUSE.multipliedBy(2))) {
      assertThatThrownBy(
              () ->
                  call(
                      limited,
                      clock,
                      c -> {
                        throw new IOException("refused");
                      }))
          .isInstanceOf(IOException.class);
    }
    assertThat(events).containsExactly("RETRY#1", "ERROR#2");
    assertThat(policy.getMetrics().getNumberOfFailedCallsWithRetryAttempt()).isOne();
    assertThat(policy.getMetrics().getNumberOfFailedCallsWithoutRetryAttempt()).isZero();
    assertThat(policy.getMetrics().getNumberOfTotalCalls()).isEqualTo(2);
  }

  @Test
  void announcesNoAttemptAfterAResultForWhichThereIsNoTime(Context ctx, VirtualClock clock)
      throws Throwable {
    List<String> events = new ArrayList<>();
    policy.getEventPublisher().onRetry(e -> events.add("RETRY#" + e.getNumberOfRetryAttempts()));
    try (var limited = ctx.withTimeout(PAUSE.multipliedBy(2))) {
      assertThat(call(limited, clock, c -> "again")).isEqualTo("again");
    }
    assertThat(attempts).containsExactly(Duration.ZERO, PAUSE);
    assertThat(events).containsExactly("RETRY#1");
  }

  @Test
  void asksARandomIntervalFunctionOnceAnAttempt(Context ctx, VirtualClock clock) {
    List<Integer> asked = new ArrayList<>();
    var counting =
        ContextRetry.of(
            "counting",
            RetryConfig.custom()
                .maxAttempts(3)
                .retryOnResult(result -> true)
                .intervalFunction(
                    attempt -> {
                      asked.add(attempt);
                      return 0L;
                    })
                .build());
    assertThatCode(() -> counting.call(ctx, c -> "again")).doesNotThrowAnyException();
    assertThat(asked).containsExactly(1, 2);
  }

  @Test
  void aDecoratorOfThePolicyRetriesAsItsConfigurationSays() throws Exception {
    var plain =
        ContextRetry.of(
                "plain",
                RetryConfig.<String>custom()
                    .waitDuration(Duration.ofMillis(1))
                    .retryOnResult("again"::equals)
                    .build())
            .policy();
    Iterator<String> results = List.of("again", "done").iterator();
    assertThat(plain.executeCallable(results::next)).isEqualTo("done");
  }

  @Test
  void thePolicyTakesItsPlaceInARegistry() {
    var registry = RetryRegistry.ofDefaults();
    registry.retry("charge");
    registry.replace("charge", policy);
    assertThat(registry.retry("charge")).isSameAs(policy);
    assertThat(ContextRetry.of("x", policy.getRetryConfig(), Map.of("team", "pay")).policy())
        .hasToString("ContextRetry x")
        .extracting(Retry::getTags)
        .isEqualTo(Map.of("team", "pay"));
  }

  @Test
  void givesTheLastResultWhenThereIsNoTimeForAnother(Context ctx, VirtualClock clock)
      throws Throwable {
    try (var limited = ctx.withTimeout(PAUSE.dividedBy(2))) {
      assertThat(call(limited, clock, c -> "again")).isEqualTo("again");
    }
    assertThat(attempts).hasSize(1);
  }

  @Test
  void aCancelEndsThePause(CancellableContext ctx) throws Exception {
    var failed = new CompletableFuture<Void>();
    FutureTask<String> call =
        new FutureTask<>(
            () ->
                retry.call(
                    ctx,
                    c -> {
                      failed.complete(null);
                      throw new IOException("refused");
                    }));
    Thread.startVirtualThread(call);
    failed.get();
    ctx.cancel();
    assertThatThrownBy(call::get)
        .cause()
        .satisfies(
            e -> {
              // Before the pause it is the failure itself: a cancel is no reason for another one.
              if (!(e instanceof IOException)) {
                assertThat(e).isInstanceOf(ContextCancelledException.class);
                assertThat(e.getSuppressed()).singleElement().isInstanceOf(IOException.class);
              }
            });
  }

  @Test
  void aCancelDuringTheAttemptIsNotTriedAgainAndNotCounted(Context ctx, VirtualClock clock) {
    try (var owned = ctx.withCancel()) {
      assertThatThrownBy(
              () ->
                  call(
                      owned,
                      clock,
                      c -> {
                        owned.cancel();
                        c.throwIfDone();
                        return "never";
                      }))
          .isInstanceOf(ContextCancelledException.class);
    }
    assertThat(attempts).hasSize(1);
    assertThat(policy.getMetrics().getNumberOfFailedCallsWithoutRetryAttempt()).isZero();
    assertThat(policy.getMetrics().getNumberOfFailedCallsWithRetryAttempt()).isZero();
  }

  @Test
  void anInterruptIsNotTriedAgain(Context ctx, VirtualClock clock) {
    assertThatThrownBy(
            () ->
                call(
                    ctx,
                    clock,
                    c -> {
                      throw new InterruptedException("stop");
                    }))
        .isInstanceOf(InterruptedException.class);
    assertThat(attempts).hasSize(1);
  }

  @Test
  void aWrappedInterruptIsNotRetriedNorCounted(Context ctx, VirtualClock clock) {
    assertThatThrownBy(
            () ->
                call(
                    ctx,
                    clock,
                    c -> {
                      throw new IOException("stopped", new InterruptedException("stop"));
                    }))
        .isInstanceOf(IOException.class);
    assertThat(attempts).hasSize(1);
  }

  @Test
  void aLimitOfTheAttemptAloneIsAFailureLikeOthers(Context ctx, VirtualClock clock) {
    assertThatThrownBy(
            () ->
                call(
                    ctx,
                    clock,
                    c -> {
                      try (var attempt = c.withTimeout(Duration.ofMillis(30))) {
                        attempt.sleep(Duration.ofSeconds(1));
                        return "late";
                      }
                    }))
        .isInstanceOf(DeadlineExceededException.class);
    assertThat(attempts).hasSize(3);
  }

  @Test
  void nothingIsTriedUnderAContextThatHasEnded(CancellableContext ctx, VirtualClock clock) {
    ctx.cancel();
    assertThatThrownBy(() -> call(ctx, clock, c -> "never"))
        .isInstanceOf(ContextCancelledException.class);
    assertThat(attempts).isEmpty();
  }

  @Test
  void nullsAreRefused(Context ctx) {
    assertThatThrownBy(() -> ContextRetry.of(null, RetryConfig.ofDefaults()))
        .hasMessageContaining("name of what it retries");
    assertThatThrownBy(() -> ContextRetry.of("x", null))
        .hasMessageContaining("RetryConfig.ofDefaults");
    assertThatThrownBy(() -> ContextRetry.of("x", RetryConfig.ofDefaults(), null))
        .hasMessageContaining("Map.of()");
    assertThatThrownBy(() -> retry.call(null, c -> "")).hasMessageContaining("Context.todo()");
    assertThatThrownBy(() -> retry.call(ctx, null)).hasMessageContaining("what to try");
  }
}
