package dev.belay.testkit;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** The platform threads of the process at one moment. */
record Threads(Set<Thread> threads) {
  private static final int FRAMES = 12;

  static Threads now() {
    return new Threads(Thread.getAllStackTraces().keySet());
  }

  /** Finds the threads that are alive but were not then. */
  Leaks.Source newerThan(SharedNames shared) {
    return () ->
        Thread.getAllStackTraces().keySet().stream()
            .filter(thread -> !threads.contains(thread))
            .filter(thread -> !shared.include(thread.getName()))
            .map(Threads::leak)
            .toList();
  }

  static Leaks.Leak leak(Thread thread) {
    return new Leaks.Leak(describe(thread), thread.getName());
  }

  static String describe(Thread thread) {
    List<String> frames =
        Arrays.stream(thread.getStackTrace()).map(frame -> "at " + frame).toList();
    return describe(thread.getName(), thread.isVirtual(), frames);
  }

  static String describe(String name, boolean virtual, List<String> frames) {
    return "thread still running: "
        + name
        + (virtual ? " (virtual)" : "")
        + frames.stream()
            .limit(FRAMES)
            .map(frame -> System.lineSeparator() + "    " + frame)
            .collect(Collectors.joining());
  }
}
