package dev.belay.jetty;

import dev.belay.spi.HelperThread;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/**
 * How long a client may take over one phase of its request. The time begins with the first wait for
 * the client or with {@link #begin}; it has passed only for a client that is waited for: then, or
 * later.
 *
 * <p>The monitor guards the fields. A timer is set for the first wait that is not over at once, and
 * once more for each wait that begins when the time has passed.
 */
final class ClientLimit {
  private final Scheduler scheduler;
  private final Duration limit;
  private final Runnable passed;

  private long deadline;
  private boolean begun;
  private boolean ended;
  private @Nullable Wait current;
  private Scheduler.@Nullable Task timer;

  /**
   * A phase that has not begun.
   *
   * @param passed is called once at most, on a thread of its own
   */
  ClientLimit(Scheduler scheduler, Duration limit, Runnable passed) {
    this.scheduler = scheduler;
    this.limit = limit;
    this.passed = passed;
  }

  /** One wait for the client. */
  static final class Wait {
    private boolean over; // guarded by the limit's monitor
  }

  synchronized void begin() {
    if (!begun) {
      begun = true;
      deadline = System.nanoTime() + nanos(limit);
    }
  }

  private static long nanos(Duration duration) {
    try {
      return Math.min(duration.toNanos(), Long.MAX_VALUE / 2);
    } catch (ArithmeticException e) {
      return Long.MAX_VALUE / 2; // no limit
    }
  }

  /** The client is waited for, unless {@code next} is over already. */
  synchronized void waitFor(Wait next) {
    if (next.over || ended) {
      return;
    }
    begin();
    current = next;
    if (timer == null) {
      long left = Math.max(0, deadline - System.nanoTime());
      timer = scheduler.schedule(this::due, left, TimeUnit.NANOSECONDS);
    }
  }

  /** The client has done its part of {@code done}. */
  synchronized void over(Wait done) {
    done.over = true;
    if (done.equals(current)) {
      current = null;
    }
  }

  /** The phase is over. */
  synchronized void end() {
    ended = true;
    if (timer != null) {
      timer.cancel();
    }
  }

  private void due() {
    synchronized (this) {
      timer = null;
      if (current == null || ended) {
        return; // the next wait looks again
      }
      ended = true;
    }
    HelperThread.unstarted("belay-limit", passed).start(); // this thread is the scheduler's
  }
}
