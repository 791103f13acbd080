package dev.belay.inspect;

import dev.belay.Context;

/** Installs the events and ends contexts; no recording runs. */
final class FlightEventsProgram {
  private FlightEventsProgram() {}

  public static void main(String[] args) {
    try (var installed = FlightEvents.install();
        var root = Context.root("quiet")) {
      root.withName("work").withCancel().cancel();
      System.exit(installed == null ? 1 : 0);
    }
  }
}
