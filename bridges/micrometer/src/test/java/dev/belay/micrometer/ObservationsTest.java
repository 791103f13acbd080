package dev.belay.micrometer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.Context;
import dev.belay.ContextCancelledException;
import dev.belay.DeadlineExceededException;
import dev.belay.spi.Loggable;
import dev.belay.testkit.VirtualClock;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.observation.DefaultMeterObservationHandler;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What an observation says of the body and of its context. */
class ObservationsTest {
  private final MeterRegistry meters = new SimpleMeterRegistry();
  private final ObservationRegistry registry = ObservationRegistry.create();
  private final Observations observations = Observations.of(registry);

  @BeforeEach
  void handle() {
    registry.observationConfig().observationHandler(new DefaultMeterObservationHandler(meters));
  }

  @AfterEach
  void close() {
    meters.close();
  }

  private void assertObserved(String outcome, String error) {
    var timer =
        meters.get("belay.work").tags("name", "charge", "outcome", outcome, "error", error).timer();
    assertThat(timer.count()).isOne();
    assertThat(registry.getCurrentObservation()).isNull();
  }

  @Test
  void aBodyThatReturnsIsDone(Context root) {
    String path =
        observations.call(
            root,
            "charge",
            c -> {
              assertThat(registry.getCurrentObservation()).isNotNull();
              return Loggable.path(Context.current());
            });
    assertThat(path).endsWith("/charge");
    assertObserved("done", "none");
  }

  @Test
  void aFailureIsAnError(Context root) {
    assertThatThrownBy(
            () ->
                observations.<Void, IOException>call(
                    root,
                    "charge",
                    c -> {
                      throw new IOException("refused");
                    }))
        .isInstanceOf(IOException.class);
    assertObserved("failed", "IOException");
  }

  @Test
  void aDeadlineIsAnError(Context root, VirtualClock clock) {
    try (var ctx = root.withTimeout(Duration.ofSeconds(1))) {
      assertThatThrownBy(
              () ->
                  observations.<Void, RuntimeException>call(
                      ctx,
                      "charge",
                      c -> {
                        clock.advance(Duration.ofSeconds(1));
                        c.throwIfDone();
                        return null;
                      }))
          .isInstanceOf(DeadlineExceededException.class);
    }
    assertObserved("deadline", "DeadlineExceededException");
  }

  @Test
  void aCancelIsNone(Context root) {
    try (var ctx = root.withCancel()) {
      assertThatThrownBy(
              () ->
                  observations.<Void, RuntimeException>call(
                      ctx,
                      "charge",
                      c -> {
                        ctx.cancel();
                        c.throwIfDone();
                        return null;
                      }))
          .isInstanceOf(ContextCancelledException.class);
    }
    assertObserved("cancelled", "none");
  }

  @Test
  void withoutAHandlerOnlyTheBodyRuns(Context root) {
    String path =
        Observations.of(ObservationRegistry.NOOP)
            .call(root, "charge", c -> Loggable.path(Context.current()));
    assertThat(path).endsWith("/charge");
  }
}
