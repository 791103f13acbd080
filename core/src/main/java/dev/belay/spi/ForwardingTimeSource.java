package dev.belay.spi;

import dev.belay.kernel.Require;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A time source that passes everything on to another one, alarms included: override what should
 * differ. Thread-safe if the other one is.
 */
public abstract class ForwardingTimeSource implements TimeSource {
  private final TimeSource time;

  /**
   * @throws NullPointerException if {@code time} is null
   */
  protected ForwardingTimeSource(TimeSource time) {
    this.time = Require.argument(time, "time", "pass TimeSource.system() for the system's time");
  }

  /** The other one's: a source that gives other readings of {@link #nanoTime()} gives itself. */
  @Override
  public TimeSource clock() {
    return time.clock();
  }

  @Override
  public long nanoTime() {
    return time.nanoTime();
  }

  @Override
  public long coarseNanoTime() {
    return time.coarseNanoTime();
  }

  @Override
  public Instant instant() {
    return time.instant();
  }

  @Override
  public Timer schedule(long nanos, Runnable task) {
    return time.schedule(nanos, task);
  }

  @Override
  public void start(String name, Runnable task) {
    time.start(name, task);
  }

  @Override
  public void starting(Thread thread) {
    time.starting(thread);
  }

  @Override
  public @Nullable Timer alarm(long nanos) {
    return time.alarm(nanos);
  }

  @Override
  public void park(Object blocker, long nanos) {
    time.park(blocker, nanos);
  }
}
