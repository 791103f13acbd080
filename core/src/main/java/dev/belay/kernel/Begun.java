package dev.belay.kernel;

/**
 * When a piece of work had its first permit, and where its time is counted once it is finished.
 *
 * @param since by the clock of {@code times}
 */
public record Begun(WorkTimes times, long since) {
  /** The work is finished now. */
  public void finished() {
    times.finished(times.now() - since);
  }
}
