package dev.belay.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Looks for what is left until nothing is, or the moment of grace is over. */
final class Leaks {
  private static final long GRACE_NANOS = 3_000_000_000L;
  private static final long LONGEST_PAUSE = 50_000_000;

  /** What stands before the number of a thread. */
  private static final Pattern KIND = Pattern.compile("[^\\d\"]*[^\\d\\s\"]");

  /** One place to look at. */
  @FunctionalInterface
  interface Source {
    /** What is left now. */
    List<Leak> look();
  }

  /**
   * Something that is left.
   *
   * @param text says what and where
   * @param thread the name of the thread; empty if it has none or is no thread
   */
  record Leak(String text, String thread) {
    Leak(String text) {
      this(text, "");
    }
  }

  private Leaks() {}

  /**
   * Fails if anything is left.
   *
   * @param classEnds whether this is after a class
   */
  static void failIfAny(List<Source> sources, boolean classEnds) {
    long end = System.nanoTime() + GRACE_NANOS;
    long pause = 50_000;
    List<Leak> found = all(sources);
    while (!found.isEmpty() && System.nanoTime() < end) {
      LockSupport.parkNanos(pause);
      pause = Math.min(pause * 2, LONGEST_PAUSE);
      found = all(sources);
    }
    if (!found.isEmpty()) {
      throw new AssertionError(message(found, classEnds));
    }
  }

  private static List<Leak> all(List<Source> sources) {
    List<Leak> found = new ArrayList<>();
    for (Source source : sources) {
      found.addAll(source.look());
    }
    return found;
  }

  private static String message(List<Leak> found, boolean classEnds) {
    List<String> lines = new ArrayList<>(List.of("left behind:"));
    found.forEach(leak -> lines.add(leak.text));
    List<String> kinds =
        found.stream()
            .flatMap(leak -> kind(leak.thread).stream())
            .distinct()
            .map(kind -> '"' + kind + '"')
            .toList();
    if (!kinds.isEmpty()) {
      String value = String.join(", ", kinds);
      lines.add(excuse(kinds.size() == 1 ? value : "{" + value + "}", classEnds));
    }
    return String.join(System.lineSeparator(), lines);
  }

  private static Optional<String> kind(String thread) {
    Matcher kind = KIND.matcher(thread);
    return kind.lookingAt() ? Optional.of(kind.group()) : Optional.empty();
  }

  private static String excuse(String kinds, boolean classEnds) {
    String forTheRun =
        "@SharedThreads(value = %s, scope = SharedThreads.Scope.RUN) if a framework keeps it for other classes"
            .formatted(kinds);
    return "Close what started it in the test or its @AfterEach. If it is meant to live on, annotate the class: "
        + (classEnds ? "" : "@SharedThreads(%s) if its tests share what runs it, ".formatted(kinds))
        + forTheRun;
  }
}
