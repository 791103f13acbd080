package dev.belay;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Asks again when the answer is late: a second attempt starts after a delay, or as soon as the
 * first has failed; the first success wins, and the rest are cancelled and waited for. For work
 * that bears being done twice. A good delay is what 95 of 100 attempts need.
 *
 * <p>Immutable, for any number of threads and calls.
 *
 * <p>Source: J. Dean and L. A. Barroso, <i>The Tail at Scale</i>, CACM 2013.
 */
public final class Hedge {
  private final Duration delay;
  private final int attempts;

  private Hedge(Duration delay, int attempts) {
    this.delay = delay;
    this.attempts = attempts;
  }

  /**
   * Up to two attempts.
   *
   * @param delay of the clock of the context; zero starts all at once
   * @throws IllegalArgumentException if it is negative
   */
  public static Hedge after(Duration delay) {
    if (Require.argument(delay, "delay", "pass how long to wait for the first").isNegative()) {
      throw new IllegalArgumentException("delay is " + delay + ": nothing starts in the past");
    }
    return new Hedge(delay, 2);
  }

  /**
   * The same with another number of attempts, each of which starts a delay after the one before.
   *
   * @throws IllegalArgumentException if it is less than 1
   */
  public Hedge attempts(int most) {
    if (most < 1) {
      throw new IllegalArgumentException("attempts is " + most + ": nothing would ever start");
    }
    return new Hedge(delay, most);
  }

  /**
   * Runs {@code body} up to so many times side by side and gives the first result. Each attempt is
   * a fork of a group: on a virtual thread of its own, under a child of {@code ctx}, interrupted
   * when another one has won.
   *
   * @throws X if all fail: the first attempt's failure, with the others suppressed
   * @throws ContextEndedException if {@code ctx} ends first
   */
  public <T extends @Nullable Object, X extends Exception> T call(
      Context ctx, ContextCallable<? extends T, ? extends X> body) throws X, InterruptedException {
    Require.argument(body, "body", "pass what to run");
    try (TaskGroup<T, T, Exception> group = TaskGroup.<T>firstSuccess(ctx)) {
      var shared = (AbstractContext) group.context();
      long due = shared.time().nanoTime();
      CancelContext before = null;
      for (int i = 0; i < attempts; i++) {
        CancelContext failed = CancelContext.below(shared);
        CancelContext earlier = before;
        long begin = due;
        group.fork(
            "attempt " + (i + 1),
            c -> {
              if (earlier != null) {
                Waiter.await(earlier, begin);
                c.throwIfDone();
              }
              try {
                return body.call(c);
              } catch (Exception | Error e) {
                failed.cancel(e);
                throw e;
              }
            });
        before = failed;
        due = Nanos.after(due, Nanos.of(delay));
      }
      return group.join();
    } catch (InterruptedException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      @SuppressWarnings("unchecked") // the body throws nothing else that is checked
      X declared = (X) e;
      throw declared;
    }
  }
}
