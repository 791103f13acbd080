package dev.belay.resilience4j;

import dev.belay.Canceller;
import dev.belay.Context;
import dev.belay.ContextCallable;
import dev.belay.ContextEndedException;
import io.github.resilience4j.retry.Retry;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A {@link Retry} under a context: the policy says which failures are tried again, how often and
 * after what pause, and counts them; the context says how long. It never pauses past the deadline,
 * and never retries a cancel or an interrupt, also one that another exception wraps. What is
 * retried must bear being done twice.
 *
 * <p>Immutable, for any number of threads and calls. Resilience4j's own decorators sleep by {@code
 * Thread.sleep}, which no context ends.
 */
public final class ContextRetry {
  private final Retry policy;

  private ContextRetry(Retry policy) {
    this.policy = policy;
  }

  /** Retries as {@code policy} says; its events and metrics are published as usual. */
  public static ContextRetry of(Retry policy) {
    return new ContextRetry(
        Objects.requireNonNull(policy, "policy is null: Retry.ofDefaults(name) is the least"));
  }

  /**
   * Runs {@code body} until it succeeds, the policy gives up, or there is no time for another
   * attempt. Each attempt gets a child of {@code ctx} with the policy's name; the pauses are of the
   * clock of {@code ctx}. For a limit of each attempt derive one in the body: when that has passed
   * it is a failure like others, as long as {@code ctx} is active.
   *
   * @throws ContextEndedException if {@code ctx} ends: before an attempt, during one that says so,
   *     or during a pause; the failure before the pause is then suppressed in it
   * @throws X the last failure; one that was not retried for want of time has the reason as a
   *     suppressed exception
   * @throws InterruptedException if the thread is interrupted during a pause
   */
  public <T extends @Nullable Object, X extends Exception> T call(
      Context ctx, ContextCallable<T, X> body) throws X, InterruptedException {
    Objects.requireNonNull(ctx, "ctx is null: pass Context.todo() where you do not know yet");
    Objects.requireNonNull(body, "body is null: pass what to try");
    Context named = ctx.withName(policy.getName());
    Retry.AsyncContext<T> attempts = policy.asyncContext();
    for (; ; ) {
      Throwable failure = null;
      Duration pause;
      try {
        T result = named.call(body);
        long millis = attempts.onResult(result);
        pause = Duration.ofMillis(millis);
        if (millis < 0 || !ctx.hasTimeFor(pause)) {
          attempts.onComplete();
          return result;
        }
      } catch (Exception e) {
        pause = Duration.ofMillis(isFinal(ctx, e) ? -1 : attempts.onError(e));
        if (pause.isNegative() || !isTimeFor(pause, ctx, e)) {
          throw e;
        }
        failure = e;
      }
      sleep(ctx, pause, failure);
    }
  }

  /** Whether the policy is bypassed: the work is to be stopped. */
  private static boolean isFinal(Context ctx, Exception failure) {
    return ctx.isDone() || Canceller.isInterruption(failure);
  }

  private static boolean isTimeFor(Duration pause, Context ctx, Exception failure) {
    if (ctx.hasTimeFor(pause)) {
      return true;
    }
    failure.addSuppressed(
        new TimeoutException(
            "not tried again: the next attempt was to begin in %d ms, and %d ms are left"
                .formatted(pause.toMillis(), Duration.ofNanos(ctx.remainingNanos()).toMillis())));
    return false;
  }

  private static void sleep(Context ctx, Duration pause, @Nullable Throwable failure)
      throws InterruptedException {
    try {
      ctx.sleep(pause);
    } catch (ContextEndedException | InterruptedException e) {
      if (failure != null) {
        e.addSuppressed(failure);
      }
      throw e;
    }
  }
}
