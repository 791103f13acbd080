package dev.belay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** R11–R14: deadlines; R31: their story. */
class DeadlineTest extends Fixture {

  @Test
  @DisplayName("R11: the effective deadline is the earliest on the path")
  void theEarliestDeadlineCounts() {
    var parent = root.withName("outer").withTimeout(SECOND);
    var later = parent.withTimeout(SECOND.multipliedBy(5), () -> new TimeoutException("own"));
    var earlier = parent.withTimeout(SECOND.dividedBy(2));
    assertThat(later.remainingNanos()).isEqualTo(SECOND.toNanos());
    assertThat(earlier.remainingNanos()).isEqualTo(SECOND.toNanos() / 2);
    assertThat(later.deadline()).isEqualTo(Instant.EPOCH.plus(SECOND));
  }

  @Test
  @DisplayName("R11: a later own deadline adds no timer; the story is the ancestor's")
  void aLaterOwnDeadlineAddsNoTimer() throws Exception {
    var parent = root.withName("outer").withTimeout(SECOND);
    var later = parent.withTimeout(SECOND.multipliedBy(5), () -> new TimeoutException("own"));
    var equal = parent.withTimeout(SECOND);
    try (var a = later.onDone(() -> {});
        var b = equal.onDone(() -> {})) {
      assertThat(clock.pendingTimers()).isEqualTo(1);
      clock.advance(SECOND);
    }
    assertThat(later.status()).isEqualTo(Status.DEADLINE_EXCEEDED);
    assertThat(later.cause()).isSameAs(parent.cause());
    assertThat(later.ending().message()).isEqualTo("deadline of 1s set by \"outer\" passed");
  }

  @ParameterizedTest
  @ValueSource(longs = {0, -1, Long.MIN_VALUE})
  @DisplayName("R12: zero, negative and past give a context that is born ended")
  void aPastDeadlineIsBornEnded(long seconds) {
    var ctx = root.withTimeout(Duration.ofSeconds(seconds));
    assertThat(ctx.status()).isEqualTo(Status.DEADLINE_EXCEEDED);
    assertThat(root.withDeadline(Instant.MIN).status()).isEqualTo(Status.DEADLINE_EXCEEDED);
    assertThat(clock.pendingTimers()).isZero();
  }

  @Test
  @DisplayName("R12: a past deadline under an ended parent is the parent's end")
  void aPastDeadlineUnderAnEndedParent() {
    var parent = root.withCancel();
    parent.cancel();
    assertThat(parent.withTimeout(SECOND.negated()).status()).isEqualTo(Status.CANCELLED);
  }

  @Test
  @DisplayName("R12: any Duration saturates, none overflows")
  void durationsSaturate() throws Exception {
    clock.advance(SECOND);
    for (Duration endless :
        new Duration[] {Duration.ofSeconds(Long.MAX_VALUE), Duration.ofDays(200_000)}) {
      try (var ctx = root.withTimeout(endless)) {
        assertThat(ctx.isDone()).isFalse();
        assertThat(ctx.deadline()).isNull();
        assertThat(ctx.hasTimeFor(SECOND)).isTrue();
        assertThat(ctx.awaitDone(Duration.ofSeconds(Long.MIN_VALUE))).isFalse();
      }
    }
    try (var ctx = root.withDeadline(Instant.MAX)) {
      assertThat(ctx.isDone()).isFalse();
    }
    try (var ctx = root.withTimeout(Duration.ofDays(100_000))) {
      assertThat(ctx.remainingNanos()).isEqualTo(Duration.ofDays(100_000).toNanos());
      assertThat(ctx.toString()).isNotEmpty();
    }
  }

  @Test
  @DisplayName("R12: isDone() is never early, and sees a deadline although the timer is late")
  void isDoneIsNeverEarlyAndNeedsNoTimer() {
    var ctx = root.withTimeout(SECOND);
    var below = ctx.withCancel().withCancel();
    clock.advanceSilently(SECOND.minusNanos(1));
    assertThat(below.isDone()).isFalse();
    assertThat(below.remainingNanos()).isEqualTo(1);
    clock.advanceSilently(Duration.ofNanos(1));
    assertThat(below.isDone()).isTrue();
    assertThat(ctx.status()).isEqualTo(Status.DEADLINE_EXCEEDED);
    assertThat(below.remainingNanos()).isZero();
    assertThat(below.hasTimeFor(Duration.ZERO)).isFalse();
  }

  @Test
  @DisplayName("R13: a cancel or close that comes first removes the timer at once")
  void anEndRemovesTheTimer() {
    for (boolean close : new boolean[] {true, false}) {
      var ctx = root.withTimeout(SECOND);
      ctx.withCancel().onDone(() -> {});
      assertThat(clock.pendingTimers()).isEqualTo(1);
      if (close) {
        ctx.close();
      } else {
        ctx.cancel();
      }
      assertThat(clock.pendingTimers()).isZero();
      assertThat(((CancelContext) root).link().entries()).isEmpty();
    }
  }

  @Test
  @DisplayName("R13: the parent's end removes the timers of the whole subtree")
  void theParentsEndRemovesTheTimersBelow() {
    var parent = root.withCancel();
    for (int i = 0; i < 100; i++) {
      parent.withTimeout(SECOND).onDone(() -> {});
    }
    assertThat(clock.pendingTimers()).isEqualTo(100);
    parent.cancel();
    assertThat(clock.pendingTimers()).isZero();
  }

  @Test
  @DisplayName("R13, R26: what is not observed has no timer, and one that is observed has one")
  void anUnobservedDeadlineHasNoTimer() {
    var ctx = root.withTimeout(SECOND);
    var child = ctx.withCancel();
    assertThat(clock.scheduled.get()).isZero();
    child.onDone(() -> {}).stop();
    child.onDone(() -> {}).stop();
    assertThat(clock.scheduled.get()).isEqualTo(1);
    ctx.close();
  }

  @Test
  @DisplayName("R14: the end first detected wins, everywhere in the subtree alike")
  void theEndFirstDetectedWins() {
    var polled = root.withTimeout(SECOND);
    var below = polled.withCancel();
    clock.advanceSilently(SECOND);
    assertThat(below.isDone()).isTrue();
    polled.cancel();
    assertThat(polled.status()).isEqualTo(Status.DEADLINE_EXCEEDED);
    assertThat(below.cause()).isSameAs(polled.cause());

    var cancelled = root.withTimeout(SECOND);
    var under = cancelled.withCancel();
    cancelled.cancel();
    clock.advanceSilently(SECOND);
    assertThat(under.status()).isEqualTo(Status.CANCELLED);
    assertThat(under.cause()).isSameAs(cancelled.cause());
  }

  @Test
  @DisplayName("a deadline's own cause is made once it has passed, by the supplier")
  void aDeadlineHasItsOwnCause() throws Exception {
    var made = new AtomicInteger();
    var why = new TimeoutException("too slow");
    var ctx =
        root.withTimeout(
            SECOND,
            () -> {
              made.incrementAndGet();
              return why;
            });
    assertThat(made).hasValue(0);
    clock.advance(SECOND);
    assertThat(ctx.cause()).isSameAs(why);
    assertThat(ctx.cause()).isSameAs(why);
    assertThat(made).hasValue(1);
    assertThatThrownBy(ctx::throwIfDone)
        .isInstanceOf(DeadlineExceededException.class)
        .hasCause(why);
  }

  @Test
  @DisplayName("a supplier that throws gives what it threw as the cause")
  void aCauseThatFailsIsTheCause() throws Exception {
    var failure = new IllegalStateException("no cause");
    var ctx =
        root.withDeadline(
            clock.instant().plus(SECOND),
            () -> {
              throw failure;
            });
    clock.advance(SECOND);
    assertThat(ctx.cause()).isSameAs(failure);
  }

  @Test
  @DisplayName("a supplier that asks its own context finds the end with the built-in cause")
  void aCauseThatAsksItsOwnContext() throws Exception {
    var asked = new AtomicReference<Context>(root);
    var statuses = new ArrayList<Status>();
    var ctx =
        root.withTimeout(
            SECOND,
            () -> {
              statuses.add(asked.get().status());
              return new TimeoutException("too slow");
            });
    asked.set(ctx);
    clock.advanceSilently(SECOND);
    assertThat(ctx.status()).isEqualTo(Status.DEADLINE_EXCEEDED);
    assertThat(statuses).containsExactly(Status.DEADLINE_EXCEEDED);
    assertThat(ctx.cause()).isSameAs(BuiltInCause.DEADLINE);
  }

  @Test
  @DisplayName("R40: suppliers that ask each other's contexts end both, each asked once")
  void causesThatAskEachOther() {
    List<CancellableContext> both = new ArrayList<>();
    List<String> made = new ArrayList<>();
    var first = root.withTimeout(SECOND, () -> makes("first", made, both.get(1)));
    var second = root.withTimeout(SECOND, () -> makes("second", made, both.get(0)));
    both.add(first);
    both.add(second);
    clock.advanceSilently(SECOND);
    assertThat(first.isDone()).isTrue();
    assertThat(second.isDone()).isTrue();
    assertThat(made).containsExactly("first", "second");
    assertThat(second.cause()).hasMessage("second");
  }

  private static Throwable makes(String name, List<String> made, Context other) {
    made.add(name);
    assertThat(other.isDone()).isTrue();
    return new TimeoutException(name);
  }

  @Test
  @DisplayName("R40: a supplier that interrupts its thread stops no walk, and leaves no interrupt")
  void aCauseThatInterrupts() {
    var ctx =
        root.withTimeout(
            SECOND,
            () -> {
              Thread.currentThread().interrupt();
              return new TimeoutException("too slow");
            });
    List<Context> below = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      below.add(ctx.withCancel().withName("child " + i).withCancel());
    }
    clock.advanceSilently(SECOND);
    assertThat(ctx.isDone()).isTrue();
    assertThat(Thread.interrupted()).isFalse();
    assertThat(below).allMatch(Context::isDone).allMatch(c -> c.cause() == ctx.cause());
  }

  @Test
  @DisplayName("R31: the message says whose deadline, how long, and where the time went")
  void theStoryOfADeadline() {
    var request = root.withName("POST /orders").withTimeout(SECOND.multipliedBy(2));
    request.withName("auth").run(ctx -> clock.advanceSilently(Duration.ofMillis(120)));
    request.withName("stock").run(ctx -> clock.advanceSilently(Duration.ofMillis(310)));
    assertThatThrownBy(
            () ->
                request
                    .withName("charge")
                    .run(
                        ctx -> {
                          clock.advanceSilently(Duration.ofMillis(1570));
                          ctx.throwIfDone();
                        }))
        .isInstanceOf(DeadlineExceededException.class)
        .hasMessage(
            "deadline of 2s set by \"POST /orders\" passed in \"charge\": "
                + "auth 120ms, stock 310ms, charge 1.57s");
  }

  @Test
  @DisplayName("R31: calls within a step are part of it")
  void aCallWithinAStepIsNoStepOfItsOwn() {
    var request = root.withName("POST /orders").withTimeout(SECOND);
    request
        .withName("stock")
        .run(
            stock -> {
              stock.withCancel().run(c -> clock.advanceSilently(Duration.ofMillis(10)));
              stock.withName("lock").run(c -> clock.advanceSilently(Duration.ofMillis(20)));
            });
    clock.advanceSilently(SECOND);
    assertThat(request.isDone()).isTrue();
    assertThat(request.ending().message()).endsWith("passed: stock 30ms, lock 20ms");
  }

  @Test
  @DisplayName("R31: the story names each step once, with the time that any of its calls ran")
  void eachStepIsNamedOnce() {
    var request = root.withName("POST /orders").withTimeout(SECOND);
    for (int i = 0; i < 3; i++) {
      request.withName("query").run(ctx -> clock.advanceSilently(Duration.ofMillis(10)));
    }
    var charge = request.withName("charge");
    charge.run(
        outer ->
            outer
                .withName("auth")
                .run(auth -> charge.run(inner -> clock.advanceSilently(Duration.ofMillis(20)))));
    clock.advanceSilently(SECOND);
    assertThat(request.isDone()).isTrue();
    assertThat(request.ending().message())
        .endsWith("passed: query 30ms (3 calls), auth 20ms, charge 20ms (2 calls)");
  }

  @Test
  @DisplayName("R31: the last 16 steps are kept")
  void theStoryIsBounded() {
    var request = root.withName("batch").withTimeout(SECOND);
    for (int i = 0; i < 40; i++) {
      request.withName("item" + i).run(ctx -> clock.advanceSilently(Duration.ofMillis(1)));
    }
    clock.advanceSilently(SECOND);
    assertThat(request.isDone()).isTrue();
    assertThat(request.ending().message())
        .contains("item24 1ms")
        .contains("item39 1ms")
        .doesNotContain("item23 ");
  }

  @Test
  @DisplayName(
      "R12: a deadline is confirmed by the exact clock, and seen however late the coarse is")
  void theExactClockDecides() {
    var ctx = root.withTimeout(SECOND);
    clock.coarseLag = SECOND.negated();
    assertThat(ctx.isDone()).isFalse();
    clock.coarseLag = Duration.ofMillis(1);
    assertThat(root.withTimeout(Duration.ZERO).isDone()).isTrue();
    clock.advanceSilently(SECOND.plusMillis(1));
    assertThat(ctx.isDone()).isTrue();
  }

  @Test
  @DisplayName("R12: there is time for work that takes all that is left, and for no longer")
  void timeForWhatIsLeft() {
    var ctx = root.withTimeout(SECOND);
    assertThat(ctx.hasTimeFor(SECOND)).isTrue();
    assertThat(ctx.hasTimeFor(SECOND.plusNanos(1))).isFalse();
    ctx.cancel();
    assertThat(ctx.hasTimeFor(Duration.ZERO)).isFalse();
    assertThat(ctx.remainingNanos()).isZero();
    assertThat(Context.background().deadline()).isNull();
    assertThat(Context.background().ending()).isNull();
  }

  @Test
  @DisplayName("R13: one that comes while the timer is being set finds it set")
  void aWatcherThatComesWhileTheTimerIsBeingSet() throws Exception {
    var ctx = root.withTimeout(SECOND);
    var runs = new AtomicInteger();
    clock.whileSettingATimer(() -> ctx.onDone(runs::incrementAndGet));
    ctx.onDone(runs::incrementAndGet);
    assertThat(clock.pendingTimers()).isEqualTo(1);
    clock.advance(SECOND);
    assertThat(runs).hasValue(2);
  }

  @Test
  @DisplayName("a supplier that gives nothing leaves the built-in cause")
  void aCauseThatIsNothing() throws Exception {
    var ctx = root.withTimeout(SECOND, () -> null);
    clock.advance(SECOND);
    assertThat(ctx.cause()).isSameAs(BuiltInCause.DEADLINE);
  }

  @Test
  @DisplayName("R31: what runs under a deadline of its own, or none, is no step of the one above")
  void whatHasItsOwnDeadlineIsNoStep() {
    var request = root.withName("POST /orders").withTimeout(SECOND);
    Context charge = request.withName("charge");
    charge.withTimeout(SECOND.dividedBy(2)).run(c -> clock.advanceSilently(Duration.ofMillis(1)));
    charge.withoutCancel().run(c -> clock.advanceSilently(Duration.ofMillis(1)));
    root.withName("other").run(c -> clock.advanceSilently(Duration.ofMillis(1)));
    clock.advanceSilently(SECOND);
    assertThat(request.isDone()).isTrue();
    assertThat(request.ending().message())
        .isEqualTo("deadline of 1s set by \"POST /orders\" passed");
    assertThat(request.ending().path()).isEqualTo("background/test/POST /orders");
  }
}
