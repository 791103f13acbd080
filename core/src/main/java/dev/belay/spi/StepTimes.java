package dev.belay.spi;

import dev.belay.CheckReturnValue;
import dev.belay.Context;
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
}
