package dev.belay.lifecycle;

import java.util.List;

/**
 * What a shutdown did. Immutable.
 *
 * @param finished how much of the work that was running ended by itself
 * @param cancelled how much of it ended because its context had, when the grace was over
 * @param stuck what was still running when the shutdown gave it up
 * @param failed the parts that have thrown
 */
public record ShutdownReport(int finished, int cancelled, List<Stuck> stuck, List<Failed> failed) {

  /**
   * Work, or a method of a part, that has not returned.
   *
   * @param what the path of the work's context, or the method and the part
   * @param at where its thread is: a stack trace to print, never thrown
   */
  public record Stuck(String what, Throwable at) {}

  /**
   * A part's method that has thrown.
   *
   * @param what the method and the part
   * @param failure what it threw
   */
  public record Failed(String what, Throwable failure) {}

  /** Copies the lists. */
  public ShutdownReport {
    stuck = List.copyOf(stuck);
    failed = List.copyOf(failed);
  }

  /** 0 if nothing is stuck and nothing has failed, otherwise 1. */
  public int exitCode() {
    return stuck.isEmpty() && failed.isEmpty() ? 0 : 1;
  }

  /** One line: {@code 3 finished, 1 cancelled, 0 stuck}, and the parts that failed. */
  @Override
  public String toString() {
    String counts =
        "%d finished, %d cancelled, %d stuck".formatted(finished, cancelled, stuck.size());
    return failed.isEmpty()
        ? counts
        : counts + ", failed: " + String.join(", ", failed.stream().map(Failed::what).toList());
  }
}
