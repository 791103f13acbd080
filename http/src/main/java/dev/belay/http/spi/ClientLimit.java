package dev.belay.http.spi;

import dev.belay.spi.TimeSource;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How long a client may take over one phase of its request, for server hosts. The time begins with
 * the first wait for the client or with {@link #begin}. It has passed only for a client that is
 * waited for: then, or later, for a tenth of a second in all. A thousandth of each wait does not
 * count, and makes up for that much of another one: so a client that takes at once what it is given
 * is never too late, whatever a busy machine adds, and one that drips is.
 *
 * <p>Any thread may call anything. The monitor guards the fields. A timer is set for the first wait
 * that is not over at once, and once more for each wait that begins when the time has passed.
 */
public final class ClientLimit {
  /** How long a client may be waited for past its limit. */
  private static final long GRACE = Duration.ofMillis(100).toNanos();

  /** What does not count of each wait. */
  private static final long FREE = Duration.ofMillis(1).toNanos();

  private final TimeSource time;
  private final Duration limit;
  private final Runnable passed;

  private long deadline;
  private long waited; // past the deadline
  private boolean begun;
  private boolean ended;
  private @Nullable Wait current;
  private TimeSource.@Nullable Timer timer;

  /**
   * A phase that has not begun.
   *
   * @param limit a duration too long to count is none
   * @param passed is called once at most, on a thread where it may wait
   */
  public ClientLimit(TimeSource time, Duration limit, Runnable passed) {
    this.time = time;
    this.limit = limit;
    this.passed = passed;
  }

  /** One wait for the client, for one {@link ClientLimit#waitFor}. */
  public static final class Wait {
    // Guarded by the limit's monitor:
    private boolean over;
    private long since;

    /** A wait that has not begun. */
    public Wait() {}
  }

  /** The phase begins, unless it has begun. */
  public synchronized void begin() {
    if (!begun) {
      begun = true;
      deadline = time.nanoTime() + nanos(limit);
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
  public synchronized void waitFor(Wait next) {
    if (next.over || ended) {
      return;
    }
    begin();
    next.since = time.nanoTime();
    current = next;
    if (timer == null) {
      timer = time.schedule(tooLong(next), this::due);
    }
  }

  /** From when on {@code wait} is too long. */
  private long tooLong(Wait wait) {
    return Math.max(deadline, wait.since) + GRACE - waited;
  }

  /** The client has done its part of {@code done}. */
  public synchronized void over(Wait done) {
    done.over = true;
    if (done.equals(current)) {
      current = null;
      long now = time.nanoTime();
      if (now > deadline) {
        waited = Math.max(0, waited + now - Math.max(deadline, done.since) - FREE);
      }
    }
  }

  /** The phase is over, and no timer is left of it. */
  public synchronized void end() {
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
      long due = tooLong(current);
      if (time.nanoTime() < due) {
        timer = time.schedule(due, this::due);
        return;
      }
      ended = true;
    }
    passed.run();
  }
}
