package dev.belay.kernel;

import dev.belay.spi.TimeSource;

/**
 * How long work takes from its first permit until it is finished, and from that how long new work
 * may wait before too much is lost. All times are in nanoseconds. Thread-safe; its monitor is
 * innermost.
 *
 * <p>How long a client waits may not be known: it may leave long before the deadline of its
 * request. It is taken to be a few times as long as the work takes, until work that had begun is
 * cut short: then it is less. So the bound falls fast while work is lost, and rises slowly while it
 * is finished.
 */
public final class WorkTimes {
  /** How much one time counts against those before it: a mean of about the last eight. */
  private static final int MEAN = 8;

  /** How fast the shortest time is forgotten. */
  private static final int FORGETTING = 64;

  /** The bound of the wait, as a multiple of the mean time: at most, and at least. */
  private static final double LONGEST = 3;

  private static final double SHORTEST = 0.25;

  /** What is left of it when work was lost, and what is added when work was finished. */
  private static final double LOST = 0.9;

  private static final double FINISHED = 0.003;

  private final TimeSource time;
  private long mean;
  private long shortest;
  private double bound = LONGEST;

  /** Times by {@code time}. */
  public WorkTimes(TimeSource time) {
    this.time = time;
  }

  long now() {
    return time.nanoTime();
  }

  /** Work was finished {@code nanos} after its first permit. */
  public synchronized void finished(long nanos) {
    long took = Math.max(1, nanos);
    mean = mean == 0 ? took : mean + (took - mean) / MEAN;
    shortest = shortest == 0 ? took : Math.min(took, shortest + (took - shortest) / FORGETTING);
    bound = Math.min(LONGEST, bound + FINISHED);
  }

  /** Work that had begun was cut short before its time; its last step had taken {@code nanos}. */
  public synchronized void lost(long nanos) {
    mean = mean == 0 ? Math.max(1, nanos) : mean; // else nothing would ever be known of an overload
    bound = Math.max(SHORTEST, bound * LOST);
  }

  /** About the shortest time that work took lately; 0 if none is known. */
  public synchronized long shortest() {
    return shortest;
  }

  /** How long new work may wait first come first served. */
  public synchronized long patience() {
    return mean == 0 ? Long.MAX_VALUE : (long) (bound * mean);
  }
}
