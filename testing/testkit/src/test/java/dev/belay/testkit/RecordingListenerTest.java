package dev.belay.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.Context;
import dev.belay.spi.ContextEvent;
import dev.belay.spi.ContextEvents;
import dev.belay.spi.Roots;
import dev.belay.spi.TimeSource;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class RecordingListenerTest {
  private static ContextEvent.Refused refused(Context ctx) {
    return new ContextEvent.Refused(ctx, "a permit", "full");
  }

  private static List<ContextEvent> allKinds(Context ctx) {
    var failure = new IllegalStateException("event");
    return List.of(
        new ContextEvent.CancelSent(ctx, "a statement", 0, Duration.ZERO, null),
        new ContextEvent.Abandoned(ctx, "a statement", Duration.ZERO, true),
        new ContextEvent.Zombie(ctx, "fork", Duration.ZERO, failure),
        new ContextEvent.Uncaught(ctx, "reaction", failure),
        refused(ctx));
  }

  @Test
  void whatHappensBelowItsContextIsRecordedInOrder(Context ctx) {
    try (var heard = RecordingListener.below(ctx)) {
      Context below = ctx.withName("order").withoutCancel();
      List<ContextEvent> reported = allKinds(below);
      reported.forEach(ContextEvents::report);
      assertThat(heard.events()).isEqualTo(reported);
      ctx.withCancel().close();
      assertThat(heard.events()).hasSize(reported.size() + 1);
      assertThat(heard.events(ContextEvent.Ended.class)).hasSize(1);
      assertThat(heard.events(ContextEvent.Refused.class)).containsExactly(refused(below));
      assertThat(heard).hasToString("events below " + ctx);
    }
  }

  @Test
  void whatHappensElsewhereIsNot(Context ctx) {
    try (var other = Roots.open("other", TimeSource.system(), false);
        var heard = RecordingListener.below(ctx)) {
      allKinds(other).forEach(ContextEvents::report);
      ContextEvents.report(refused(Context.background()));
      ContextEvents.report(new ContextEvent.Uncaught(null, "carrier", new Exception("event")));
      var site = new Exception("event");
      ContextEvents.report(new ContextEvent.ForgottenClose("p", site.getStackTrace()[0], site));
      assertThat(heard.events()).isEmpty();
    }
  }

  @Test
  void oneThatIsClosedHearsNoMoreAndKeepsWhatItHas(Context ctx) {
    var heard = RecordingListener.below(ctx);
    ContextEvents.report(refused(ctx));
    heard.close();
    ContextEvents.report(refused(ctx));
    assertThat(heard.events()).hasSize(1);
  }

  @Test
  void anEventOfAnotherThreadIsAwaited(Context ctx) throws Exception {
    try (var heard = RecordingListener.below(ctx)) {
      ContextEvents.report(allKinds(ctx).getFirst());
      Attempt<?> report =
          Attempt.start(
              () -> {
                ContextEvents.report(refused(ctx));
                return null;
              });
      assertThat(heard.await(ContextEvent.Refused.class)).isEqualTo(refused(ctx));
      assertThat(report.failure()).isNull();
    }
  }

  @Test
  void anAwaitOfWhatDoesNotHappenSaysWhatDid(Context ctx) {
    try (var heard = RecordingListener.below(ctx, Duration.ofMillis(1))) {
      ContextEvents.report(refused(ctx));
      assertThatThrownBy(() -> heard.await(ContextEvent.Zombie.class))
          .isInstanceOf(AssertionError.class)
          .hasMessage("no Zombie within PT0.001S, but [" + refused(ctx) + "]");
    }
  }

  @Test
  void aMissingContextIsRefused() {
    assertThatNullPointerException()
        .isThrownBy(() -> RecordingListener.below(null))
        .withMessageContaining("pass the context");
  }
}
