package dev.belay.jobs;

/** Where a job is. It never leaves one of the last five. */
public enum JobState {
  /** Accepted, and not begun. */
  WAITING,
  /** A worker runs it. */
  RUNNING,
  /** Its body has returned. */
  FINISHED,
  /** Its body has thrown, under an active context. */
  FAILED,
  /** It has not returned within its limit, and stopped for that. */
  TIMED_OUT,
  /** It was cancelled, before it began or while it ran, also by a shutdown whose grace was over. */
  CANCELLED,
  /** The program was shut down before it began. */
  NEVER_STARTED
}
