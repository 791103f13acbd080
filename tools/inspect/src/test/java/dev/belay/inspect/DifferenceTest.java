package dev.belay.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.spi.LiveContext.Kind;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What two snapshots tell together. */
class DifferenceTest {
  private static final String LINE = "shop.Orders.place(Orders.java:41)";

  private static Snapshot snapshot(long second, SeenContext... contexts) {
    return new Snapshot(Instant.EPOCH, second * 1_000_000_000, List.of(contexts), List.of());
  }

  private static SeenContext context(long id, String path, @Nullable String place, long age) {
    return new SeenContext(
        id, 0, 0, path, path, Kind.CANCEL, Long.MAX_VALUE, null, age, 0, 0, Map.of(), place);
  }

  private final Snapshot before =
      snapshot(10, context(1, "kept", null, 5), context(2, "gone", null, 6));
  private final Snapshot after =
      snapshot(
          12,
          context(1, "kept", null, 7),
          context(3, "a", LINE, 1),
          context(4, "b", LINE, -1),
          context(5, "c", null, -1));

  @Test
  void contextsAreCountedByOriginTheLargestGrowthFirst() {
    assertThat(Difference.between(before, after).origins())
        .containsExactly(
            new Difference.Origin(LINE, 0, 2, 2, 1),
            new Difference.Origin("c", 0, 1, 1, -1),
            new Difference.Origin("kept", 1, 1, 0, 7),
            new Difference.Origin("gone", 1, 0, 0, -1));
  }

  @Test
  void theTextHasALineForEachOriginOfWhichSomethingBeganOrEnded() {
    assertThat(Difference.between(before, after).toString().lines())
        .containsExactly(
            "2 contexts before, 4 now, 2s later",
            "  +2 (2 began, 0 ended, 2 now, +1.0/s, oldest 1s) at " + LINE,
            "  +1 (1 began, 0 ended, 1 now, +0.5/s) at c",
            "  -1 (0 began, 1 ended, 0 now, -0.5/s) at gone");
  }

  @Test
  void theJsonHasEveryOrigin() {
    assertThat(Difference.between(before, after).json())
        .startsWith("{\"format\":1,\"apartMillis\":2000,\"before\":2,\"after\":4,\"origins\":[")
        .contains("{\"at\":\"gone\",\"before\":1,\"after\":0,\"begun\":0,\"gone\":1}");
  }

  @Test
  void twoContextsOfOneIdAreBothCounted() {
    Snapshot twice = snapshot(13, context(1, "kept", null, 8), context(1, "kept", null, 8));
    assertThat(Difference.between(before, twice).origins())
        .contains(new Difference.Origin("kept", 1, 2, 1, 8));
  }

  @Test
  void leaksAreWhatHasGrownAndWhatWasForgotten() {
    Leaks leaks = Leaks.of(before, after);
    assertThat(leaks.grown()).extracting(Difference.Origin::at).containsExactly(LINE, "c");
    assertThat(leaks.toString()).contains("+2 (2 began").doesNotContain("at gone");
    assertThat(leaks.json()).contains("\"grown\":[{\"at\":\"" + LINE);
  }

  @Test
  void durationsHaveThreeDigitsAtMost() {
    assertThat(
            Stream.of(35_000L, 120_000_000L, 1_570_000_000L, 2_000_000_000L, 200_000_000_000L)
                .map(Texts::time))
        .containsExactly("35µs", "120ms", "1.57s", "2s", "3m20s");
    assertThat(Texts.seconds(0)).isEqualTo("0s");
    assertThat(Texts.seconds(7_500)).isEqualTo("2h5m");
    assertThat(Texts.left(0)).isEqualTo("no time left");
    assertThat(Texts.left(Long.MAX_VALUE)).isEqualTo("no deadline");
  }
}
