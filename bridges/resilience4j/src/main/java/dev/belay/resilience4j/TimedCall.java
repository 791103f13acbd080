package dev.belay.resilience4j;

import dev.belay.Context;
import dev.belay.spi.StepTimes;
import io.github.resilience4j.retry.Retry;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** One call under a {@link TimedPolicy}, and the time that is left for it. For one thread. */
final class TimedCall {
  private static final ThreadLocal<@Nullable TimedCall> CURRENT = new ThreadLocal<>();

  private final TimedPolicy policy;

  /** With the name of the step that each attempt is. */
  private final Context ctx;

  private final Retry.AsyncContext<Object> attempts;
  private int attempt;

  /** Of the attempt whose outcome is being reported; -1 if there is no time for another one. */
  private @Nullable Long interval;

  private @Nullable Duration refused;

  /** How long an attempt takes at least, when one was refused. */
  private Duration takes = Duration.ZERO;

  TimedCall(TimedPolicy policy, Context ctx) {
    this.policy = policy;
    this.ctx = ctx;
    this.attempts = policy.asyncContext();
  }

  /** The call whose outcome the thread is reporting to the policy; null if there is none. */
  static @Nullable TimedCall current() {
    return CURRENT.get();
  }

  /** Reports a failure: the pause before the next attempt, null if there is none. */
  @Nullable Duration failed(Exception failure) {
    Duration pause = report(() -> attempts.onError(failure));
    if (refused != null) {
      policy.countOutOfTime();
      failure.addSuppressed(
          new TimeoutException(
              "not tried again: the next attempt was to begin in %d ms%s, and %d ms are left"
                  .formatted(
                      refused.toMillis(),
                      takes.isZero() ? "" : " and takes %d ms".formatted(takes.toMillis()),
                      Duration.ofNanos(ctx.remainingNanos()).toMillis())));
    }
    return pause;
  }

  /** Reports a result: the pause before the next attempt, null if it is what the call returns. */
  @Nullable Duration returned(@Nullable Object result) {
    Duration pause = report(() -> attempts.onResult(result));
    if (pause == null) {
      attempts.onComplete();
    }
    return pause;
  }

  private @Nullable Duration report(LongSupplier outcome) {
    attempt++;
    interval = null;
    TimedCall outer = CURRENT.get();
    CURRENT.set(this);
    try {
      long millis = outcome.getAsLong();
      return millis < 0 ? null : Duration.ofMillis(millis);
    } finally {
      CURRENT.set(outer);
    }
  }

  /** How many attempts there were. */
  int attempt() {
    return attempt;
  }

  /**
   * The pause in milliseconds; negative if the policy wants no other attempt, or there is no time
   * for one. {@code configured} is asked once an attempt: it may be random.
   */
  long interval(LongSupplier configured) {
    if (interval == null) {
      long millis = configured.getAsLong();
      takes = StepTimes.shortest(ctx);
      boolean fits = millis < 0 || ctx.hasTimeFor(Duration.ofMillis(millis).plus(takes));
      refused = fits ? null : Duration.ofMillis(millis);
      interval = fits ? millis : -1;
    }
    return interval;
  }
}
