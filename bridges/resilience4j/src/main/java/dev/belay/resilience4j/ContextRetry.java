package dev.belay.resilience4j;

import dev.belay.Canceller;
import dev.belay.Context;
import dev.belay.ContextCallable;
import dev.belay.ContextEndedException;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryConfig;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A {@link Retry} under a context: the policy says which failures are tried again, how often and
 * after what pause; the context says how long. It never pauses past the deadline, announces no
 * attempt for which there is no time, by what attempts that succeeded have taken (R41), and never
 * retries a cancel or an interrupt, also one that another exception wraps. What is retried must be
 * idempotent.
 *
 * <p>Immutable, for any number of threads and calls. Resilience4j's own decorators sleep by {@code
 * Thread.sleep}, which no context ends.
 */
public final class ContextRetry {
  private final TimedPolicy policy;

  private ContextRetry(TimedPolicy policy) {
    this.policy = policy;
  }

  /**
   * Retries as {@code config} says.
   *
   * @param name of the policy, and of the step that each attempt is in stories
   */
  public static ContextRetry of(String name, RetryConfig config) {
    return of(name, config, Map.of());
  }

  /**
   * The same, with tags for metrics.
   *
   * @param tags as Resilience4j's {@code Retry.of} takes them
   */
  public static ContextRetry of(String name, RetryConfig config, Map<String, String> tags) {
    Objects.requireNonNull(name, "name is null: give the policy the name of what it retries");
    Objects.requireNonNull(config, "config is null: RetryConfig.ofDefaults() is the least");
    Objects.requireNonNull(tags, "tags is null: Map.of() for none");
    return new ContextRetry(new TimedPolicy(name, config, tags));
  }

  /**
   * The policy, which counts the calls and publishes their events. {@code registry.replace(name,
   * retry.policy())} puts it into a registry, where metrics find it. A call that fails because
   * there is no time for another attempt counts as failed after retries.
   */
  public Retry policy() {
    return policy;
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
    TimedCall call = new TimedCall(policy, named);
    for (; ; ) {
      Throwable failure = null;
      Duration pause;
      try {
        T result = named.call(body);
        pause = call.returned(result);
        if (pause == null) {
          return result;
        }
      } catch (Exception e) {
        pause = isFinal(ctx, e) ? null : call.failed(e);
        if (pause == null) {
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
