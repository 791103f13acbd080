package dev.belay.testkit;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** The platform threads of the process at one moment. */
record Threads(Set<Thread> threads) {
  /** The JDK's and JUnit's own, and those that end by themselves when they are idle. */
  private static final List<String> EXPECTED =
      List.of(
          "belay-timer",
          "belay-socket-watch",
          "OkHttp TaskRunner",
          "Okio Watchdog",
          "ForkJoinPool-1",
          "ForkJoinPool.commonPool",
          "VirtualThread-",
          "Read-Poller",
          "Write-Poller",
          "MasterPoller",
          "process reaper",
          "Attach Listener",
          "Cleaner-",
          "Common-Cleaner",
          "JFR ",
          "surefire-",
          "junit-");

  static Threads now() {
    return new Threads(Thread.getAllStackTraces().keySet());
  }

  /** Finds the threads that are alive but were not then. */
  Leaks.Source newerThan(List<String> shared) {
    return () ->
        Thread.getAllStackTraces().entrySet().stream()
            .filter(entry -> !threads.contains(entry.getKey()))
            .filter(entry -> EXPECTED.stream().noneMatch(entry.getKey().getName()::startsWith))
            .filter(entry -> shared.stream().noneMatch(entry.getKey().getName()::startsWith))
            .map(Map.Entry::getKey)
            .map(Threads::describe)
            .collect(Collectors.toList());
  }

  static String describe(Thread thread) {
    String frames =
        List.of(thread.getStackTrace()).stream()
            .limit(12)
            .map(frame -> System.lineSeparator() + "    at " + frame)
            .collect(Collectors.joining());
    return "thread still running: "
        + thread.getName()
        + (thread.isVirtual() ? " (virtual)" : "")
        + frames;
  }
}
