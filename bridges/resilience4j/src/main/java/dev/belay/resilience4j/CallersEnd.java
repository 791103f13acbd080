package dev.belay.resilience4j;

import dev.belay.Canceller;
import dev.belay.Context;
import dev.belay.ContextCancelledException;
import dev.belay.DeadlineExceededException;
import dev.belay.spi.Causes;
import dev.belay.spi.StepTimes;

/** Whether a call has failed on the side of its caller, which says nothing of what it called. */
final class CallersEnd {
  private CallersEnd() {}

  /**
   * Whether {@code failure} is explained by the caller's end: its cancel, its deadline, an
   * interrupt of its thread, or a step for which it had no time.
   *
   * @param ctx the caller's. Once it has ended nothing counts: what failed may have failed for that
   *     reason, however it is dressed.
   */
  static boolean explains(Context ctx, Throwable failure) {
    return ctx.remainingNanos() == 0 // exact, where isDone() is a millisecond late
        || Canceller.isInterruption(failure)
        || Causes.first(failure, CallersEnd::isNoFailure) != null;
  }

  private static boolean isNoFailure(Throwable t) {
    return t instanceof ContextCancelledException
        || (t instanceof DeadlineExceededException late && StepTimes.isRefusal(late));
  }
}
