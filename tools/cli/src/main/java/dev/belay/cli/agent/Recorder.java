package dev.belay.cli.agent;

import dev.belay.inspect.FlightEvents;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import jdk.jfr.Recording;

/** Records for a while. Apart, because a target may run on a JRE without the recorder. */
final class Recorder {
  private Recorder() {}

  /** Contexts' events, and beside them pinned virtual threads. */
  static void record(Duration time, Path file) throws IOException, InterruptedException {
    FlightEvents events = FlightEvents.install();
    try (var recording = new Recording()) {
      recording.setName("belay");
      recording.enable("jdk.VirtualThreadPinned").withStackTrace();
      recording.start();
      Thread.sleep(time);
      recording.stop();
      recording.dump(file);
    } finally {
      events.close();
    }
  }
}
