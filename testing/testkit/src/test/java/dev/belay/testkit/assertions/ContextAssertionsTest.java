package dev.belay.testkit.assertions;

import static dev.belay.Status.CANCELLED;
import static dev.belay.Status.CLOSED;
import static dev.belay.Status.DEADLINE_EXCEEDED;
import static dev.belay.testkit.assertions.ContextAssertions.assertThat;
import static dev.belay.testkit.assertions.ContextAssertions.assertThatForks;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.CancellableContext;
import dev.belay.Context;
import dev.belay.ContextEndedException;
import dev.belay.Ending;
import dev.belay.group.Fork;
import dev.belay.group.TaskGroup;
import dev.belay.spi.ContextEvent;
import dev.belay.spi.ContextEvents;
import dev.belay.testkit.Attempt;
import dev.belay.testkit.LiveContexts;
import dev.belay.testkit.RecordingListener;
import dev.belay.testkit.VirtualClock;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each assertion passes where it should, and fails where it should with a message that helps. */
class ContextAssertionsTest {
  private static final Duration SECOND = Duration.ofSeconds(1);

  private static void fails(ThrowingCallable assertion, String message) {
    assertThatThrownBy(assertion).isInstanceOf(AssertionError.class).hasMessageContaining(message);
  }

  // ---- contexts

  @Test
  void isActive(Context ctx) {
    assertThat(ctx).isActive().isActive();
    var cancelled = ctx.withCancel();
    cancelled.cancel();
    fails(
        () -> assertThat(cancelled).isActive(),
        "expected an active context, but it has ended: CANCELLED at ");
    fails(() -> assertThat((Context) null).isActive(), "not to be null");
  }

  @Test
  void endedWith(Context ctx) {
    var cancelled = ctx.withCancel();
    fails(
        () -> assertThat(cancelled).endedWith(CANCELLED),
        "expected CANCELLED, but the context is active: background/endedWith(Context)");
    cancelled.cancel();
    assertThat(cancelled).endedWith(CANCELLED).endedWith(CANCELLED);
    fails(
        () -> assertThat(cancelled).as("the order").endedWith(DEADLINE_EXCEEDED),
        "[the order] expected DEADLINE_EXCEEDED, but it is CANCELLED at ");
    fails(() -> assertThat((Context) null).endedWith(CLOSED), "not to be null");
  }

  @Test
  void hasNothingLiveBelow(Context ctx) {
    assertThat(ctx).hasNothingLiveBelow().isActive();
    try (var child = ctx.withName("forgotten").withCancel()) {
      assertThat(child).hasNothingLiveBelow();
      fails(
          () -> assertThat(ctx).hasNothingLiveBelow(),
          "expected nothing live below background/hasNothingLiveBelow(Context), but there is:");
      fails(
          () -> assertThat(ctx).hasNothingLiveBelow(),
          "ContextAssertionsTest.hasNothingLiveBelow(ContextAssertionsTest.java:");
    }
    fails(() -> assertThat((Context) null).hasNothingLiveBelow(), "not to be null");
  }

  @Test
  void hasNothingLiveBelowWhatDoesNotTrack() {
    for (Context untracked : List.of(Context.background(), Context.background().withCancel())) {
      fails(
          () -> assertThat(untracked).hasNothingLiveBelow(),
          "cannot tell what is live below " + untracked + ": it does not track");
      assertThatThrownBy(() -> LiveContexts.below(untracked))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("use the root of a test, or Context.root(name)");
    }
    var ended = Context.background().withCancel();
    ended.close();
    assertThat(ended).hasNothingLiveBelow();
  }

  // ---- stories

  private static CancellableContext cancelled(Context ctx, Throwable cause) {
    var child = ctx.withName("order").withCancel();
    child.cancel(cause);
    return child;
  }

  @Test
  void theStoryOfAnEndAndOfAnException(Context ctx) {
    var child = cancelled(ctx, new IOException("gone"));
    Ending ending = Objects.requireNonNull(child.ending());
    assertThat(ending).endedWith(CANCELLED);
    fails(() -> assertThat(ending).endedWith(CLOSED), "expected CLOSED, but it is CANCELLED at ");
    try {
      child.throwIfDone();
    } catch (ContextEndedException e) {
      assertThat(e).endedWith(CANCELLED);
      fails(() -> assertThat(e).endedWith(CLOSED), "expected CLOSED, but it is CANCELLED at ");
    }
    fails(() -> assertThat((Ending) null).endedWith(CLOSED), "not to be null");
    fails(() -> assertThat((ContextEndedException) null).endedWith(CLOSED), "not to be null");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\"b", "é😀", "line\nbreak"})
  void withinAStepWhoseNameIsShownEscaped(String step, Context ctx, VirtualClock clock) {
    withinStep(step, ctx, clock);
  }

  @Test
  void withinAStepWhoseNameIsShownCut(Context ctx, VirtualClock clock) {
    withinStep("x".repeat(100), ctx, clock);
  }

  private static void withinStep(String step, Context ctx, VirtualClock clock) {
    try (var limited = ctx.withTimeout(SECOND)) {
      limited
          .withName(step)
          .run(
              c -> {
                clock.advance(SECOND);
                assertThat(c.isDone()).isTrue();
              });
      assertThat(limited).endedWith(DEADLINE_EXCEEDED).within(step);
      fails(
          () -> assertThat(limited).endedWith(DEADLINE_EXCEEDED).within("another"),
          "expected the deadline to pass in \"another\", but it is ");
    }
  }

  @Test
  void causedBy(Context ctx) {
    var cause = new IOException("gone");
    EndingAssert ended = assertThat(cancelled(ctx, cause)).endedWith(CANCELLED);
    ended.causedBy(cause).causedBy(IOException.class).causedBy(Exception.class);
    fails(
        () -> ended.causedBy(new IOException("gone")),
        "expected the cause <java.io.IOException: gone>, but it is <java.io.IOException: gone> of"
            + " CANCELLED at ");
    fails(
        () -> ended.causedBy(RuntimeException.class),
        "expected a cause of type java.lang.RuntimeException, but it is <java.io.IOException: gone>"
            + " of CANCELLED at ");
    fails(() -> assertThat((Ending) null).causedBy(cause), "not to be null");
    fails(() -> assertThat((Ending) null).causedBy(IOException.class), "not to be null");
  }

  @Test
  void within(Context ctx, VirtualClock clock) throws Exception {
    try (var order = ctx.withName("POST /orders").withTimeout(SECOND)) {
      Attempt<?> charge =
          Attempt.start(
              () ->
                  order
                      .withName("charge")
                      .call(
                          c -> {
                            c.sleep(SECOND.multipliedBy(2));
                            return null;
                          }));
      clock.awaitWaiting(1);
      clock.advance(SECOND);
      var failure = charge.thrown(ContextEndedException.class);
      assertThat(failure).within("charge").endedFirst("background/" + name(ctx) + "/POST /orders");
      assertThat(order).endedWith(DEADLINE_EXCEEDED).within("charge");
      fails(
          () -> assertThat(failure).within("char"),
          "expected the deadline to pass in \"char\", but it is DEADLINE_EXCEEDED at ");
      fails(() -> assertThat(failure).within("charge it"), "expected the deadline to pass in");
    }
    fails(
        () -> assertThat(cancelled(ctx, new IOException())).endedWith(CANCELLED).within("order"),
        "expected DEADLINE_EXCEEDED, but it is CANCELLED");
    fails(() -> assertThat((Ending) null).within("charge"), "not to be null");
  }

  private static String name(Context ctx) {
    return ctx.toString().substring("background/".length());
  }

  @Test
  void endedFirst(Context ctx) {
    EndingAssert ended = assertThat(cancelled(ctx, new IOException())).endedWith(CANCELLED);
    ended.endedFirst("background/endedFirst(Context)/order").endedWith(CANCELLED);
    fails(
        () -> ended.endedFirst("background/endedFirst(Context)"),
        "expected the end of \"background/endedFirst(Context)\", but it is CANCELLED at ");
    fails(() -> assertThat((Ending) null).endedFirst("x"), "not to be null");
  }

  // ---- groups

  private static List<Fork<? extends String>> forks(Context ctx, VirtualClock clock)
      throws Exception {
    try (var limited = ctx.withTimeout(SECOND);
        var group = TaskGroup.<String>untilDeadline(limited)) {
      group.fork("right", c -> "right");
      group.fork(
          "wrong",
          c -> {
            throw new IOException("wrong");
          });
      group.fork(
          "late",
          c -> {
            c.sleep(SECOND.multipliedBy(2));
            return "late";
          });
      clock.awaitWaiting(1);
      clock.advance(SECOND);
      return group.join();
    }
  }

  @Test
  void forksAreKnownByNameAndState(Context ctx, VirtualClock clock) throws Exception {
    List<Fork<? extends String>> forks = forks(ctx, clock);
    assertThatForks(forks).succeeded("right").failed("wrong").cancelled("late").isNotNull();
    assertThatForks(forks.getFirst()).succeeded("right").failed().cancelled();
    String states =
        "but there are: right SUCCESS, wrong FAILED <java.io.IOException: wrong>, late CANCELLED <";
    fails(
        () -> assertThatForks(forks).succeeded("right", "late"),
        "expected SUCCESS: [right, late], " + states);
    fails(() -> assertThatForks(forks).succeeded(), "expected SUCCESS: [], " + states);
    fails(() -> assertThatForks(forks).failed("right"), "expected FAILED: [right], " + states);
    fails(
        () -> assertThatForks(forks).cancelled("wrong"), "expected CANCELLED: [wrong], " + states);
    fails(() -> assertThatForks((List<Fork<String>>) null).succeeded(), "not to be null");
  }

  @Test
  void theFailureOfAFork(Context ctx, VirtualClock clock) throws Exception {
    List<Fork<? extends String>> forks = forks(ctx, clock);
    assertThatForks(forks).failureOf("wrong").isInstanceOf(IOException.class).hasMessage("wrong");
    assertThatForks(forks).failureOf("right").isNull();
    fails(() -> assertThatForks(forks).failureOf("wrong").isNull(), "[failure of fork \"wrong\"]");
    fails(
        () -> assertThatForks(forks).failureOf("none"),
        "expected a fork \"none\", but there are: right SUCCESS, wrong FAILED");
    fails(() -> assertThatForks((List<Fork<String>>) null).failureOf("none"), "not to be null");
  }

  // ---- events

  @Test
  void heard(Context ctx) {
    try (var heard = RecordingListener.below(ctx)) {
      fails(
          () -> assertThat(heard).heard(ContextEvent.Refused.class),
          "expected Refused, but there is: []");
      ContextEvents.report(new ContextEvent.Refused(ctx, "a permit", "the queue is full"));
      assertThat(heard)
          .heard(ContextEvent.Refused.class)
          .singleElement()
          .extracting(ContextEvent.Refused::resource)
          .isEqualTo("a permit");
      fails(
          () -> assertThat(heard).heard(ContextEvent.Zombie.class),
          "expected Zombie, but there is: [Refused[");
    }
    fails(
        () -> assertThat((RecordingListener) null).heard(ContextEvent.Zombie.class),
        "not to be null");
  }

  @Test
  void heardNo(Context ctx) {
    try (var heard = RecordingListener.below(ctx)) {
      assertThat(heard).heardNo(ContextEvent.Refused.class).heardNo(ContextEvent.Zombie.class);
      ContextEvents.report(new ContextEvent.Refused(ctx, "a permit", "the queue is full"));
      assertThat(heard).heardNo(ContextEvent.Zombie.class);
      fails(
          () -> assertThat(heard).heardNo(ContextEvent.Refused.class),
          "expected no Refused, but there is: [Refused[");
    }
    fails(
        () -> assertThat((RecordingListener) null).heardNo(ContextEvent.Zombie.class),
        "not to be null");
  }

  @Test
  void heardEndOf(Context ctx) {
    try (var heard = RecordingListener.below(ctx)) {
      String order = "background/heardEndOf(Context)/order";
      fails(
          () -> assertThat(heard).heardEndOf(order),
          "expected the end of \"" + order + "\", but there is: []");
      ctx.withName("other").withCancel().close();
      cancelled(ctx, new IOException("gone"));
      assertThat(heard).heardEndOf(order).endedWith(CANCELLED).causedBy(IOException.class);
      fails(
          () -> assertThat(heard).as("mine").heardEndOf(order).endedWith(CLOSED),
          "[mine] expected CLOSED, but it is CANCELLED");
      fails(
          () -> assertThat(heard).heardEndOf("background"),
          "expected the end of \"background\", but there is: [Ended[");
    }
    fails(() -> assertThat((RecordingListener) null).heardEndOf("x"), "not to be null");
  }
}
