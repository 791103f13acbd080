package dev.belay.bench.inside;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedThread;
import jdk.jfr.consumer.RecordingFile;

/** What happened in one run of a scenario, as JFR has recorded it. */
final class Timeline {
  private static final int WARM_UP = 300;
  private static final int RUNS = 101;

  /** What is traced. */
  interface Scenario {
    void run() throws Exception;
  }

  private record Line(Instant at, String thread, String what) {}

  private final List<Line> lines;
  private final Instant zero;

  private Timeline(List<Line> lines) {
    this.lines = lines;
    this.zero =
        lines.stream()
            .filter(line -> line.what.equals(Moment.ZERO))
            .map(Line::at)
            .findFirst()
            .orElseThrow();
  }

  /** Of many runs of a warm scenario, the one that took the median time. */
  static Timeline of(Scenario scenario) throws Exception {
    for (int i = 0; i < WARM_UP; i++) {
      scenario.run();
    }
    List<Timeline> runs = new ArrayList<>();
    for (int i = 0; i < RUNS; i++) {
      runs.add(recorded(scenario));
    }
    runs.sort(Comparator.comparing(Timeline::length));
    return runs.get(RUNS / 2);
  }

  private static Timeline recorded(Scenario scenario) throws Exception {
    Path file = Files.createTempFile("belay-inside", ".jfr");
    try (var recording = new Recording()) {
      recording.enable(Moment.class).withoutThreshold();
      recording.enable("jdk.VirtualThreadStart").withoutStackTrace();
      recording.start();
      scenario.run();
      recording.stop();
      recording.dump(file);
      return new Timeline(read(file));
    } finally {
      Files.delete(file);
    }
  }

  private static List<Line> read(Path file) {
    try {
      return RecordingFile.readAllEvents(file).stream()
          .map(Timeline::line)
          .filter(line -> !line.what.isEmpty())
          .sorted(Comparator.comparing(Line::at))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Line line(RecordedEvent event) {
    RecordedThread thread = event.getThread();
    String name = thread == null ? "" : thread.getJavaName();
    boolean ours = name.startsWith("belay-");
    String what =
        event.hasField("what") ? event.getString("what") : ours ? "the thread starts" : "";
    return new Line(event.getStartTime(), name, what);
  }

  private Duration length() {
    return Duration.between(zero, lines.getLast().at);
  }

  /** One line for each moment, in microseconds. */
  String text() {
    var out = new StringBuilder("      µs  thread           what\n");
    for (Line line : lines) {
      if (!line.what.equals(Moment.ZERO)) {
        double micros = Duration.between(zero, line.at).toNanos() / 1000.0;
        out.append(
            String.format(Locale.ROOT, "%8.1f  %-15s  %s\n", micros, line.thread, line.what));
      }
    }
    return out.toString();
  }
}
