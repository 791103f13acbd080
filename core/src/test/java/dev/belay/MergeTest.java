package dev.belay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.spi.Roots;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** R9: contexts that end with either of two. */
class MergeTest extends Fixture {
  @Test
  @DisplayName("R9: a merge is born ended if either is")
  void aMergeIsBornEnded() {
    var a = root.withCancel();
    var b = root.withCancel();
    var why = new IllegalStateException("b");
    b.cancel(why);
    assertThat(a.withCancelFrom(b).cause()).isSameAs(why);
    assertThat(b.withCancelFrom(a).cause()).isSameAs(why);
  }

  @Test
  @DisplayName("R9: a merge ends before the cancel of either returns, with everything below it")
  void aMergeEndsWithEither() {
    for (boolean first : new boolean[] {true, false}) {
      var a = root.withValue(USER, "ada").withCancel();
      var b = root.withValue(USER, "bob").withCancel();
      var merged = a.withCancelFrom(b);
      var below = merged.withCancel().withCancel();
      (first ? a : b).cancel();
      assertThat(merged.isDone()).isTrue();
      assertThat(below.isDone()).isTrue();
      assertThat(merged.get(USER)).isEqualTo("ada");
      (first ? b : a).close();
    }
  }

  @Test
  @DisplayName("R9: a merge with what has ended leaves nothing in the other parent")
  void aMergeWithWhatHasEndedLeavesNothing() {
    CancellableContext parent = root.withCancel();
    CancellableContext other = root.withCancel();
    other.cancel();
    CancellableContext merged = parent.withCancelFrom(other);
    assertThat(merged.status()).isEqualTo(Status.CANCELLED);
    assertThat(merged.cause()).isSameAs(other.cause());
    assertThat(((CancelContext) parent).link().entries()).isEmpty();
    parent.close();
  }

  @Test
  @DisplayName("R9: a merge has the earliest deadline of both")
  void aMergeHasTheEarliestDeadline() throws Exception {
    var a = root.withName("a").withTimeout(SECOND.multipliedBy(3));
    var b = root.withName("b").withTimeout(SECOND);
    var merged = a.withCancelFrom(b);
    assertThat(merged.remainingNanos()).isEqualTo(SECOND.toNanos());
    clock.advanceSilently(SECOND);
    assertThat(merged.status()).isEqualTo(Status.DEADLINE_EXCEEDED);
    assertThat(merged.ending().message()).startsWith("deadline of 1s set by \"b\"");
    assertThat(a.isDone()).isFalse();
  }

  @Test
  @DisplayName("R9: a closed merge leaves nothing in either")
  void aClosedMergeIsTakenOutOfBoth() {
    var a = root.withCancel();
    var b = root.withCancel();
    a.withCancelFrom(b).close();
    assertThat(((CancelContext) b).link().entries()).isEmpty();
    assertThat(((CancelContext) a).link().entries()).isEmpty();
  }

  @Test
  @DisplayName("R9: contexts with different clocks are refused")
  void aMergeOfDifferentClocksIsRefused() {
    try (var other = Roots.open("other", new ManualClock(), false)) {
      assertThatThrownBy(() -> root.withCancelFrom(other))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("different clocks");
    }
  }

  @Test
  @DisplayName("R9: a merge with what never ends ends with the other")
  void aMergeWithWhatNeverEnds() {
    for (boolean first : new boolean[] {true, false}) {
      var ctx = root.withTimeout(SECOND);
      Context free = root.withoutCancel();
      CancellableContext merged = first ? ctx.withCancelFrom(free) : free.withCancelFrom(ctx);
      assertThat(merged.remainingNanos()).isEqualTo(SECOND.toNanos());
      assertThat(merged.isDone()).isFalse();
      ctx.cancel();
      assertThat(merged.isDone()).isTrue();
    }
    CancellableContext alone = root.withoutCancel().withCancelFrom(root.withoutCancel());
    assertThat(alone.remainingNanos()).isEqualTo(Long.MAX_VALUE);
    assertThat(alone.isDone()).isFalse();
    alone.close();
  }

  @Test
  @DisplayName(
      "R9: the earliest deadline counts on either side, and of two equal ones the receiver's")
  void theEarliestOfBothCounts() {
    var none = root.withCancel();
    var soon = root.withName("soon").withTimeout(SECOND);
    var late = root.withName("late").withTimeout(SECOND.multipliedBy(2));
    var equal = root.withName("equal").withTimeout(SECOND);
    List<CancellableContext> merged =
        List.of(
            soon.withCancelFrom(none),
            none.withCancelFrom(soon),
            soon.withCancelFrom(late),
            late.withCancelFrom(soon),
            soon.withCancelFrom(equal));
    clock.advanceSilently(SECOND);
    assertThat(merged)
        .allSatisfy(
            ctx -> {
              assertThat(ctx.isDone()).isTrue();
              assertThat(ctx.ending().path()).isEqualTo("background/test/soon");
            });
  }

  @Test
  @DisplayName("R9, R13: the end of one leaves nothing of the merge in the other")
  void theEndOfOneLeavesNothingInTheOther() {
    for (boolean first : new boolean[] {true, false}) {
      var a = root.withCancel();
      var b = root.withCancel();
      var unused = a.withCancelFrom(b);
      (first ? a : b).cancel();
      assertThat(((CancelContext) (first ? b : a)).link().entries()).isEmpty();
    }
  }
}
