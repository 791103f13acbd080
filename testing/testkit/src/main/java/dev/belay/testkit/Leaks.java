package dev.belay.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** Looks for what is left until nothing is, or the moment of grace is over. */
final class Leaks {
  private static final long GRACE_NANOS = 3_000_000_000L;
  private static final long LONGEST_PAUSE = 50_000_000;

  /** One place to look at. */
  interface Source {
    /** What is left now, a text each. */
    List<String> look();
  }

  private Leaks() {}

  static List<String> all(List<Source> sources) {
    List<String> found = new ArrayList<>();
    for (Source source : sources) {
      found.addAll(source.look());
    }
    return found;
  }

  static void failIfAny(List<Source> sources) {
    long end = System.nanoTime() + GRACE_NANOS;
    long pause = 50_000;
    List<String> found = all(sources);
    while (!found.isEmpty() && System.nanoTime() < end) {
      LockSupport.parkNanos(pause);
      pause = Math.min(pause * 2, LONGEST_PAUSE);
      found = all(sources);
    }
    if (!found.isEmpty()) {
      throw new AssertionError(
          "left behind:" + System.lineSeparator() + String.join(System.lineSeparator(), found));
    }
  }
}
