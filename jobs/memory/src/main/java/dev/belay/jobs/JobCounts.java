package dev.belay.jobs;

/**
 * What became of the jobs of one queue in this process, as of one moment. What was accepted is the
 * sum of all that follow {@code refused}.
 *
 * @param accepted were taken
 * @param refused were not, because the queue was full or shut down
 * @param waiting have not begun
 * @param running have begun and not ended; after a shutdown: were given up
 * @param finished have returned
 * @param failed have thrown
 * @param timedOut have stopped because of their limit
 * @param cancelled were cancelled, before they began or while they ran
 * @param neverStarted were waiting when the queue was shut down
 */
public record JobCounts(
    long accepted,
    long refused,
    long waiting,
    long running,
    long finished,
    long failed,
    long timedOut,
    long cancelled,
    long neverStarted) {

  /** One line; zeros are left out, apart from the first and {@code finished}. */
  @Override
  public String toString() {
    var text = new StringBuilder().append(accepted).append(" accepted");
    add(text, refused, "refused");
    add(text, waiting, "waiting");
    add(text, running, "running");
    text.append(", ").append(finished).append(" finished");
    add(text, failed, "failed");
    add(text, timedOut, "timed out");
    add(text, cancelled, "cancelled");
    add(text, neverStarted, "never started");
    return text.toString();
  }

  private static void add(StringBuilder text, long count, String what) {
    if (count > 0) {
      text.append(", ").append(count).append(' ').append(what);
    }
  }
}
