package dev.belay.inspect;

import dev.belay.spi.ContextEvent;
import dev.belay.spi.ContextEvents;
import dev.belay.spi.ContextListener;
import jdk.jfr.FlightRecorder;
import jdk.jfr.FlightRecorderListener;
import jdk.jfr.Recording;
import jdk.jfr.RecordingState;

/**
 * Writes what happens to contexts into Java Flight Recorder while a recording runs: ends with their
 * stories, cancels, given up resources, zombies, forgotten closes, failures and refused waits, as
 * events {@code dev.belay.*}. While none runs it costs nothing: no listener is installed, and no
 * class of an event is loaded before the recorder is, because the first takes 130 ms.
 */
public final class FlightEvents implements AutoCloseable {
  private final Recorder recorder = new Recorder();
  private final ContextListener listener = new Writer();

  private FlightEvents() {}

  /** Begins with the next recording, or with one that runs. */
  public static FlightEvents install() {
    var events = new FlightEvents();
    FlightRecorder.addListener(events.recorder);
    if (FlightRecorder.isInitialized()) {
      events.look();
    }
    return events;
  }

  /** Writes no more events. */
  @Override
  public void close() {
    FlightRecorder.removeListener(recorder);
    ContextEvents.remove(listener);
  }

  private void look() {
    boolean runs =
        FlightRecorder.getFlightRecorder().getRecordings().stream()
            .anyMatch(recording -> recording.getState() == RecordingState.RUNNING);
    if (runs) {
      ContextEvents.install(listener);
    } else {
      ContextEvents.remove(listener);
    }
  }

  private final class Recorder implements FlightRecorderListener {
    @Override
    public void recordingStateChanged(Recording recording) {
      look();
    }
  }

  /** Apart, so that the classes of the events are not loaded with this one. */
  private static final class Writer implements ContextListener {
    @Override
    public void on(ContextEvent event) {
      FlightEvent.write(event);
    }
  }
}
