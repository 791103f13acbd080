package dev.belay.jobs;

import dev.belay.Context;
import dev.belay.lifecycle.Part;

/**
 * A queue of jobs with workers: in memory, {@link Workers}, or durable. It is a part of its
 * program's lifecycle: at shutdown it begins no job, lets those that run have the grace, and then
 * cancels them with a {@link dev.belay.lifecycle.ShutdownException}.
 */
public interface Jobs extends Part {

  /**
   * Submits a job, and returns at once. The job has the values of {@code ctx} whose keys travel,
   * and neither its cancellation nor its deadline.
   *
   * @param name names this one job, as {@code order 17}; in a durable queue no other job of the
   *     kind has the same
   */
  <T> Submission submit(Context ctx, JobKind<T> kind, String name, T data);

  /** What became of all jobs so far. */
  JobCounts counts();

  /** Stops, and releases everything; does not wait for jobs that run. */
  @Override
  void close();
}
