package dev.belay.group;

import dev.belay.CancellableContext;
import dev.belay.CheckReturnValue;
import dev.belay.Context;
import dev.belay.ContextCallable;
import dev.belay.ContextEndedException;
import dev.belay.kernel.Kernel;
import dev.belay.kernel.Require;
import dev.belay.spi.TimeSource;
import dev.belay.time.Nanos;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Asks again when the answer is late: a second attempt starts after a delay, or as soon as the
 * first has failed; the first success wins, and the rest are cancelled and waited for. One that
 * cannot finish in the time left, by what the first attempts have taken, is not started (R41). For
 * idempotent work. A good delay is the 95th percentile of its latency.
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
  @CheckReturnValue
  public static Hedge after(Duration delay) {
    if (Require.argument(delay, "delay", "pass how long to wait for the first").isNegative()) {
      throw new IllegalArgumentException("delay is " + delay + ": nothing starts in the past");
    }
    return new Hedge(delay, 2);
  }

  /**
   * The same with another number of attempts, each of which starts one delay after the one before.
   *
   * @throws IllegalArgumentException if it is less than 1
   */
  @CheckReturnValue
  public Hedge attempts(int most) {
    if (most < 1) {
      throw new IllegalArgumentException("attempts is " + most + ": nothing would ever start");
    }
    return new Hedge(delay, most);
  }

  /**
   * Runs {@code body} up to so many times side by side and gives the first result. Each attempt is
   * a fork of a group: on a virtual thread of its own, under a child of {@code ctx}, interrupted
   * when another one has won. Results of attempts that lost are closed if they are {@link
   * AutoCloseable}.
   *
   * @throws X if all fail: the first attempt's failure, with the others suppressed
   * @throws ContextEndedException if {@code ctx} ends first
   */
  public <T extends @Nullable Object, X extends Exception> T call(
      Context ctx, ContextCallable<? extends T, ? extends X> body) throws X, InterruptedException {
    try (TaskGroup<T, T, Exception> group = TaskGroup.<T>firstSuccess(ctx)) {
      return call(group, body);
    }
  }

  /**
   * The same; results of attempts that lost go to {@code closer}.
   *
   * @param closer runs on the calling thread; what it throws is reported
   */
  public <T extends @Nullable Object, X extends Exception> T call(
      Context ctx, ContextCallable<? extends T, ? extends X> body, Consumer<? super T> closer)
      throws X, InterruptedException {
    try (TaskGroup<T, T, Exception> group = TaskGroup.<T>firstSuccess(ctx).discarding(closer)) {
      return call(group, body);
    }
  }

  private <T extends @Nullable Object, X extends Exception> T call(
      TaskGroup<T, T, Exception> group, ContextCallable<? extends T, ? extends X> body)
      throws X, InterruptedException {
    Require.argument(body, "body", "pass what to run");
    try {
      fork(group, body);
      return group.join();
    } catch (InterruptedException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      @SuppressWarnings("unchecked") // the body throws nothing else that is checked
      X declared = (X) e;
      throw declared;
    }
  }

  private static String name(int attempt) {
    return "attempt " + (attempt + 1);
  }

  private <T extends @Nullable Object> void fork(
      TaskGroup<T, T, Exception> group, ContextCallable<? extends T, ?> body) {
    Context shared = group.context();
    TimeSource time = Kernel.get().time(shared);
    long due = time.nanoTime();
    CancellableContext before = null;
    for (int i = 0; i < attempts; i++) {
      CancellableContext failed = shared.withCancel();
      CancellableContext earlier = before;
      long begin = due;
      group.fork(
          name(i),
          c -> {
            if (earlier != null) {
              earlier.awaitDone(Duration.ofNanos(Math.max(0, begin - time.nanoTime())));
              c.throwIfDone();
              Kernel.get().requireTime(shared.withName(name(0)));
            }
            try {
              return body.call(c);
            } catch (Throwable e) {
              failed.cancel(e);
              throw e;
            }
          });
      before = failed;
      due = Nanos.after(due, Nanos.of(delay));
    }
  }
}
