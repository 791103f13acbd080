package dev.belay.jobs;

/** The answer to a job that was submitted. */
public sealed interface Submission {

  /**
   * The job was taken.
   *
   * @param job to look at it, or to cancel it; needs not be kept
   */
  record Accepted(Job job) implements Submission {}

  /**
   * The job was not taken, and nothing of it is kept.
   *
   * @param shuttingDown whether the reason is a shutdown; otherwise the queue is full
   * @param waiting how many jobs were waiting
   * @param capacity how many can wait
   * @param running how many jobs were running
   */
  record Refused(boolean shuttingDown, int waiting, int capacity, int running)
      implements Submission {
    /** One line for an answer or a log: {@code queue full: 100 of 100 waiting, 3 running}. */
    @Override
    public String toString() {
      return "%s: %d of %d waiting, %d running"
          .formatted(shuttingDown ? "shutting down" : "queue full", waiting, capacity, running);
    }
  }
}
