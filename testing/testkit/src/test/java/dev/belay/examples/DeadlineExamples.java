package dev.belay.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.Context;
import dev.belay.DeadlineExceededException;
import dev.belay.testkit.VirtualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Deadlines of a day, in the time that a test takes. */
class DeadlineExamples {

  // @start region=batch
  private static final Duration PER_REPORT = Duration.ofMinutes(90);

  /** Writes what there is time for, and says what was left. */
  static List<String> writeReports(Context ctx, List<String> reports, Consumer<String> write) {
    for (int i = 0; i < reports.size(); i++) {
      ctx.throwIfDone();
      if (!ctx.hasTimeFor(PER_REPORT)) {
        return reports.subList(i, reports.size());
      }
      write.accept(reports.get(i));
    }
    return List.of();
  }

  @Test
  void theBatchStartsNoReportThatItCannotFinishBySix(Context ctx, VirtualClock clock) {
    List<String> written = new ArrayList<>();
    try (var night = ctx.withDeadline(Instant.parse("1970-01-01T06:00:00Z"))) {
      List<String> left =
          writeReports(
              night,
              List.of("sales", "stock", "returns", "staff", "forecast"),
              report -> {
                clock.advance(Duration.ofMinutes(80));
                written.add(report);
              });
      assertThat(written).containsExactly("sales", "stock", "returns", "staff");
      assertThat(left).containsExactly("forecast"); // it is 05:20
    }
  }

  // @end region=batch

  // @start region=longer
  @Test
  void aChildThatAsksForLongerGetsWhatItsParentHas(Context ctx, VirtualClock clock) {
    try (var request = ctx.withName("GET /report").withTimeout(Duration.ofSeconds(2));
        var query = request.withName("query").withTimeout(Duration.ofSeconds(30))) {
      assertThat(query.deadline()).isEqualTo(request.deadline());
      clock.advance(Duration.ofSeconds(2));
      assertThatThrownBy(query::throwIfDone)
          .isInstanceOf(DeadlineExceededException.class)
          .hasMessageStartingWith("deadline of 2s set by \"GET /report\" passed");
    }
  }
  // @end region=longer
}
