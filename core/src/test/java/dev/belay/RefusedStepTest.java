package dev.belay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.belay.spi.ContextEvent;
import dev.belay.spi.ContextEvents;
import dev.belay.spi.ContextListener;
import dev.belay.spi.StepTimes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** R41: a step that cannot finish in the time left is refused before it costs anything. */
class RefusedStepTest extends Fixture {
  private static final Duration TAKES = Duration.ofMillis(180);
  private static final Duration LEFT = Duration.ofMillis(90);

  private int begun;

  private void charge(Context request) {
    request.withName("charge").run(c -> begun++);
  }

  /** {@code name} succeeds so often that it is known how long it takes. */
  private void learn(String name) throws InterruptedException {
    for (int i = 0; i < StepEstimate.FIRST; i++) {
      try (var request = root.withName("POST /orders").withTimeout(SECOND)) {
        request.withName(name).run(c -> clock.advance(TAKES));
      }
    }
  }

  private CancellableContext late() {
    return root.withName("POST /orders").withTimeout(LEFT);
  }

  @Test
  void itsBodyIsNotStartedAndTheMessageSaysBothTimes() throws Exception {
    learn("charge");
    try (var request = late()) {
      assertThatThrownBy(() -> charge(request))
          .isInstanceOf(DeadlineExceededException.class)
          .hasMessage("charge takes 180ms, 90ms are left");
      assertThat(begun).isZero();
    }
  }

  @Test
  void itsContextGoesOnAndMayDoSomethingElse() throws Exception {
    learn("charge");
    try (var request = late()) {
      assertThatThrownBy(() -> charge(request)).isInstanceOf(DeadlineExceededException.class);
      assertThat(request.isDone()).isFalse();
      assertThat(Context.current()).isSameAs(Context.background());
      assertThat(request.withName("refund").<String, RuntimeException>call(c -> "done"))
          .isEqualTo("done");
    }
  }

  @Test
  void listenersAreNotified() throws Exception {
    List<ContextEvent> events = new ArrayList<>();
    ContextListener listener = events::add;
    learn("charge");
    ContextEvents.install(listener);
    try (var request = late()) {
      assertThatThrownBy(() -> charge(request)).isInstanceOf(DeadlineExceededException.class);
    } finally {
      ContextEvents.remove(listener);
    }
    assertThat(events)
        .filteredOn(ContextEvent.Refused.class::isInstance)
        .singleElement()
        .satisfies(
            event -> {
              var refused = (ContextEvent.Refused) event;
              assertThat(refused.resource()).isEqualTo("charge");
              assertThat(refused.reason()).isEqualTo("charge takes 180ms, 90ms are left");
              assertThat(refused.context()).isNotInstanceOf(CancellableContext.class);
            });
  }

  @Test
  void withEnoughTimeItRuns() throws Exception {
    learn("charge");
    try (var request = root.withName("POST /orders").withTimeout(TAKES)) {
      charge(request);
    }
    assertThat(begun).isOne();
  }

  @Test
  void aStepOfThatNameElsewhereIsAnotherStep() throws Exception {
    learn("charge");
    try (var request = root.withName("GET /orders").withTimeout(LEFT)) {
      charge(request);
    }
    assertThat(begun).isOne();
  }

  @Test
  void aFailureSaysNothingOfHowLongItTakes() throws Exception {
    for (int i = 0; i < 2 * StepEstimate.FIRST; i++) {
      try (var request = root.withName("POST /orders").withTimeout(SECOND)) {
        assertThatThrownBy(
                () ->
                    request
                        .withName("charge")
                        .run(
                            c -> {
                              clock.advance(TAKES);
                              throw new IllegalStateException("card refused");
                            }))
            .isInstanceOf(IllegalStateException.class);
      }
    }
    try (var request = late()) {
      charge(request);
    }
    assertThat(begun).isOne();
  }

  @Test
  void withoutADeadlineNothingIsRefused() throws Exception {
    learn("charge");
    charge(root.withName("POST /orders"));
    assertThat(begun).isOne();
  }

  @Test
  void whatPlansAheadCanAsk() throws Exception {
    assertThat(StepTimes.shortest(root.withName("POST /orders").withName("charge"))).isZero();
    learn("charge");
    assertThat(StepTimes.shortest(root.withName("POST /orders").withName("charge")))
        .isEqualTo(TAKES);
  }

  @Test
  void aRefusalIsToldFromAnEnd() throws Exception {
    learn("charge");
    try (var request = late()) {
      assertThat(isRefusal(() -> charge(request))).isTrue();
      assertThat(request.isDone()).isFalse();
      clock.advance(SECOND);
      assertThat(isRefusal(request::throwIfDone)).isFalse();
      assertThat(isRefusal(() -> request.withName("charge").run(c -> {}))).isFalse();
    }
  }

  private static boolean isRefusal(ThrowingCallable call) {
    return StepTimes.isRefusal(catchThrowableOfType(DeadlineExceededException.class, call));
  }

  @Test
  void ofTooManyStepsTheFirstAreKnown() throws Exception {
    for (int i = 0; i < 2_000; i++) {
      String name = "step " + i;
      try (var request = root.withTimeout(SECOND)) {
        request.withName(name).run(c -> {});
      }
    }
    learn("charge");
    assertThat(StepTimes.shortest(root.withName("POST /orders").withName("charge"))).isZero();
  }
}
