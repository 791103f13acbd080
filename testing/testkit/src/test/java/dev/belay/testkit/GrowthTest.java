package dev.belay.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.CancellableContext;
import dev.belay.Context;
import dev.belay.spi.Roots;
import dev.belay.spi.TimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GrowthTest {
  private static final String HERE = GrowthTest.class.getName();

  private final CancellableContext root = Roots.open("shop", TimeSource.system(), true);

  /** A program that forgets one of the two contexts of each order. */
  private void order(int number) {
    var unused = root.withName("order " + number).withTimeout(Duration.ofMinutes(1));
    root.withName("payment " + number).withCancel().close();
  }

  private static Context session(Context ctx) {
    return ctx.withName("session").withCancel();
  }

  @AfterEach
  void end() {
    root.cancel();
  }

  @Test
  void aLeakyProgramIsReportedWithThePlaceTheNumberAndTheSpeed() {
    var forSure = session(root);
    order(1);
    LiveContexts before = LiveContexts.below(root);
    for (int number = 2; number <= 1_001; number++) {
      order(number);
    }
    Growth growth = LiveContexts.below(root).growthSince(before);
    assertThat(growth.isNone()).isFalse();
    assertThat(growth.toString().lines())
        .satisfiesExactly(
            first ->
                assertThat(first)
                    .matches("live contexts: 2 before, 1002 now, [0-9]+\\.[0-9]s later"),
            second ->
                assertThat(second)
                    .matches(
                        "  \\+1000 \\(1 before, 1001 now, [0-9]+\\.[0-9]/s\\) at \\S*"
                            + HERE
                            + "\\.order\\(GrowthTest\\.java:[0-9]+\\),"
                            + " such as background/shop/order [0-9]+ \\[1m, .* left]"));
    assertThatThrownBy(growth::requireNone)
        .isInstanceOf(AssertionError.class)
        .hasMessage(growth.toString());
    assertThat(forSure.isDone()).isFalse();
  }

  @Test
  void aSoundProgramHasNoGrowth() {
    session(root);
    LiveContexts before = LiveContexts.below(root);
    try (var closed = root.withTimeout(Duration.ofMinutes(1))) {
      assertThat(closed.isDone()).isFalse();
    }
    Growth growth = LiveContexts.below(root).growthSince(before);
    assertThat(growth.isNone()).isTrue();
    assertThat(growth.toString()).startsWith("live contexts: 1 before, 1 now").hasLineCount(1);
    assertThatCode(growth::requireNone).doesNotThrowAnyException();
  }

  @Test
  void thePlaceThatGrowsMostComesFirstAndShrinkingOnesAreLeftOut() {
    var before = new LiveContexts(0, List.of(site("a", 5), site("b", 1), site("c", 1)));
    var after =
        new LiveContexts(
            2_000_000_000, List.of(site("b", 2), site("a", 4), site("c", 1), site("d", 9)));
    assertThat(after.growthSince(before).toString().lines())
        .containsExactly(
            "live contexts: 7 before, 16 now, 2.0s later",
            "  +9 (0 before, 9 now, 4.5/s) at d, such as x",
            "  +1 (1 before, 2 now, 0.5/s) at b, such as x");
    assertThat(after.growthSince(new LiveContexts(2_000_000_000, List.of())).toString())
        .contains("+9 (0 before, 9 now, at once) at d");
  }

  private static LiveContexts.Site site(String place, int count) {
    return new LiveContexts.Site(place, count, "x");
  }

  @Test
  void aCountHasALineForEachPlaceTheLargestFirst() {
    session(root);
    order(1);
    order(2);
    LiveContexts live = LiveContexts.below(root);
    assertThat(live.count()).isEqualTo(3);
    assertThat(live.toString().lines())
        .satisfiesExactly(
            first -> assertThat(first).isEqualTo("3 live context(s)"),
            second -> assertThat(second).startsWith("  2 at ").contains(".order(", "such as"),
            third -> assertThat(third).startsWith("  1 at ").contains(".session("));
  }

  @Test
  void wherePlacesAreNotRecordedThePathTakesTheirPlace() {
    List<CancellableContext> kept = new ArrayList<>();
    try (var quiet = Roots.open("quiet", TimeSource.system(), false)) {
      for (int i = 0; i < 50; i++) {
        kept.add(quiet.withName("job").withTimeout(Duration.ofMinutes(1)));
      }
      LiveContexts live = LiveContexts.below(quiet);
      assertThat(live.count()).isEqualTo(50);
      // One in about a thousand is sampled, with its place.
      assertThat(live.toString()).contains(" at an unknown place: background/quiet/job, such as ");
    }
    assertThat(kept).allMatch(Context::isDone);
  }
}
