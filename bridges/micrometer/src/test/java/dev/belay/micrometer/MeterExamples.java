package dev.belay.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Context;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

/** The code of docs/guide/observing.md. */
class MeterExamples {

  // @start region=meters
  static ContextMeters count(MeterRegistry registry) {
    var meters = new ContextMeters();
    meters.bindTo(registry); // from now on
    return meters; // close it to count no more
  }

  // @end region=meters

  @Test
  void endsAreCounted(Context root) {
    var registry = new SimpleMeterRegistry();
    try (ContextMeters meters = count(registry)) {
      root.withCancel().close();
      assertThat(registry.get("belay.ended").tag("status", "closed").counter().count()).isOne();
      assertThat(meters).isNotNull();
    }
  }
}
