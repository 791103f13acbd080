package dev.belay;

import dev.belay.spi.TimeSource;
import org.jspecify.annotations.Nullable;

/** What all contexts below one root share. */
final class Environment {
  static final Environment SYSTEM = new Environment(TimeSource.system(), false, false);

  private final TimeSource time;
  private final boolean tracked;
  private final boolean recordsSites;
  private final StepEstimates estimates = new StepEstimates();

  /** Set before the root is published, never again; null for the system's own. */
  @Nullable CancelContext root;

  Environment(TimeSource time, boolean tracked, boolean recordsSites) {
    this.time = time;
    this.tracked = tracked;
    this.recordsSites = recordsSites;
  }

  TimeSource time() {
    return time;
  }

  StepEstimates estimates() {
    return estimates;
  }

  boolean tracked() {
    return tracked;
  }

  boolean recordsSites() {
    return recordsSites;
  }
}
