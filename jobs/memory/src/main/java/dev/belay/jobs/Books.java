package dev.belay.jobs;

import java.util.EnumMap;
import java.util.Map;

/** Counts jobs by their state. Guarded by the lock of its {@link Workers}. */
final class Books {
  private final Map<JobState, Long> inState = new EnumMap<>(JobState.class);
  private long accepted;
  private long refused;

  void accept(JobState state) {
    accepted++;
    inState.merge(state, 1L, Long::sum);
  }

  void refuse() {
    refused++;
  }

  void move(JobState from, JobState to) {
    inState.merge(from, -1L, Long::sum);
    inState.merge(to, 1L, Long::sum);
  }

  long count(JobState state) {
    return inState.getOrDefault(state, 0L);
  }

  JobCounts counts() {
    return new JobCounts(
        accepted,
        refused,
        count(JobState.WAITING),
        count(JobState.RUNNING),
        count(JobState.FINISHED),
        count(JobState.FAILED),
        count(JobState.TIMED_OUT),
        count(JobState.CANCELLED),
        count(JobState.NEVER_STARTED));
  }
}
