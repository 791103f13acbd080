package dev.belay.spi;

import dev.belay.CheckReturnValue;
import dev.belay.Context;
import dev.belay.DeadlineExceededException;
import dev.belay.kernel.Kernel;
import java.time.Duration;

/**
 * How long named steps take (R31, R41), for what plans ahead, such as a retry that is not to be
 * started if it cannot finish. Any thread may call anything.
 */
public final class StepTimes {
  private StepTimes() {}

  /**
   * About the shortest time in which the step has succeeded lately. {@code
   * ctx.hasTimeFor(StepTimes.shortest(ctx.withName("charge")))} is false if a call of {@code
   * "charge"} under {@code ctx} would be refused.
   *
   * @param step a context with the name of the step, at the place where it is called
   * @return zero if it is not known: before its first successes, or switched off
   */
  @CheckReturnValue
  public static Duration shortest(Context step) {
    return Kernel.get().shortest(step);
  }

  /**
   * Whether {@code failure} is that of a step which was not begun, because it could not finish in
   * the time left: nothing was tried, so nothing that it would have called has failed.
   *
   * @return false also for one that was serialized
   */
  @CheckReturnValue
  public static boolean isRefusal(DeadlineExceededException failure) {
    return Kernel.get().isRefusal(failure.ending());
  }
}
