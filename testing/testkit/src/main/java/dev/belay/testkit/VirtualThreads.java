package dev.belay.testkit;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.HotSpotDiagnosticMXBean.ThreadDumpFormat;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The virtual threads that come after one moment. They are in no list but a thread dump of the JDK,
 * which is taken only if any thread was made meanwhile. Ids only grow, so a thread that came later
 * has a greater one than a thread that was made at that moment.
 */
record VirtualThreads(long mark) {
  /** {@code #23 "name" virtual}, and since JDK 25 the state and the time. */
  private static final Pattern HEAD = Pattern.compile("#(\\d+) \"(.*)\" virtual\\b.*");

  private static final Pattern BETWEEN = Pattern.compile("\\R{2,}");

  static VirtualThreads now() {
    return new VirtualThreads(nextId());
  }

  private static long nextId() {
    return Thread.ofVirtual().unstarted(() -> {}).threadId();
  }

  /** Finds those that are alive and came later. */
  Leaks.Source newerThan(SharedNames shared) {
    return () -> nextId() == mark + 1 ? List.of() : newer(dump(), shared);
  }

  private List<Leaks.Leak> newer(String dump, SharedNames shared) {
    List<Leaks.Leak> found = new ArrayList<>();
    for (String each : BETWEEN.split(dump, -1)) {
      List<String> lines = each.lines().toList();
      Matcher head = HEAD.matcher(lines.isEmpty() ? "" : lines.getFirst());
      if (head.matches()
          && Long.parseLong(head.group(1)) > mark
          && !shared.include(head.group(2))) {
        found.add(leak(head, lines.subList(1, lines.size())));
      }
    }
    return found;
  }

  private static Leaks.Leak leak(Matcher head, List<String> lines) {
    String name = head.group(2);
    List<String> frames =
        lines.stream()
            .map(String::strip)
            .filter(line -> !line.startsWith("- ")) // what it waits for
            .map(line -> line.startsWith("at ") ? line : "at " + line)
            .toList();
    String shown = name.isEmpty() ? "#" + head.group(1) : name;
    return new Leaks.Leak(Threads.describe(shown, true, frames), name);
  }

  /** All threads in the JDK's text form; nothing on a JVM that has none. */
  private static String dump() {
    var diagnostic = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
    if (diagnostic == null) {
      return "";
    }
    try {
      Path directory = Files.createTempDirectory("belay-threads");
      Path file = directory.resolve("threads.txt").toAbsolutePath(); // it must not exist
      try {
        diagnostic.dumpThreads(file.toString(), ThreadDumpFormat.TEXT_PLAIN);
        return Files.readString(file);
      } finally {
        Files.deleteIfExists(file);
        Files.delete(directory);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("no thread dump, so no look for virtual threads", e);
    }
  }
}
