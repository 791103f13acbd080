package dev.belay.inspect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.belay.Context;
import dev.belay.spi.ContextEvents;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** What a recording has of contexts. */
@Isolated
class FlightEventsTest {
  @TempDir private Path folder;

  private List<RecordedEvent> recorded(Recording recording, String name) throws IOException {
    Path file = folder.resolve("r.jfr");
    recording.dump(file);
    return RecordingFile.readAllEvents(file).stream()
        .filter(event -> event.getEventType().getName().equals(name))
        .toList();
  }

  @Test
  void anEndIsRecordedWithItsStoryAndOnlyWhileARecordingRuns() throws Exception {
    try (var installed = FlightEvents.install();
        var root = Context.root("flight")) {
      assertThat(ContextEvents.isObserved()).isFalse();
      root.withName("before").withCancel().cancel();
      try (var recording = new Recording()) {
        recording.start();
        assertThat(ContextEvents.isObserved()).isTrue();
        root.withName("order")
            .withTimeout(Duration.ofHours(1))
            .cancel(new IllegalStateException("client gone"));
        recording.stop();
        assertThat(ContextEvents.isObserved()).isFalse();
        root.withName("after").withCancel().cancel();
        List<RecordedEvent> ends = recorded(recording, "dev.belay.ContextEnded");
        assertThat(ends)
            .extracting(end -> end.getString("path"), end -> end.getString("status"))
            .containsExactly(tuple("background/flight/order", "CANCELLED"));
        RecordedEvent end = ends.getFirst();
        assertThat(end.getString("story")).contains("\"order\"").contains("client gone");
        assertThat(end.getDuration("limit")).isEqualTo(Duration.ofHours(1));
        assertThat(end.getDouble("share")).isBetween(0.0, 1.0);
      }
      assertThat(installed).isNotNull();
    }
  }

  @Test
  void itBeginsWithARecordingThatRuns() throws Exception {
    try (var recording = new Recording();
        var root = Context.root("flight")) {
      recording.start();
      try (var installed = FlightEvents.install()) {
        root.withName("order").withCancel().cancel();
        assertThat(installed).isNotNull();
      }
      assertThat(ContextEvents.isObserved()).isFalse();
      root.withName("after").withCancel().cancel();
      recording.stop();
      assertThat(recorded(recording, "dev.belay.ContextEnded")).hasSize(1);
    }
  }

  @Test
  void noEventIsLoadedBeforeTheRecorderIs() throws Exception {
    Path log = folder.resolve("classes.txt");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xlog:class+load:file=" + log,
                "-cp",
                String.join(
                    File.pathSeparator,
                    pathOf(Context.class),
                    pathOf(FlightEvents.class),
                    Path.of("target", "test-classes").toString()),
                "dev.belay.inspect.FlightEventsProgram")
            .inheritIO()
            .start();
    assertThat(process.waitFor()).isZero();
    assertThat(log).content().contains("dev.belay.inspect.FlightEvents ");
    assertThat(log).content().doesNotContain("dev.belay.inspect.FlightEvent ");
    assertThat(log).content().doesNotContain("jdk.jfr.Event ");
  }

  private static String pathOf(Class<?> type) throws URISyntaxException {
    return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
  }
}
