package dev.belay.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import dev.belay.CancellableContext;
import dev.belay.Context;
import dev.belay.spi.TreeInspector;
import dev.belay.testkit.LeakExtension;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.testkit.engine.EngineTestKit;

/** What becomes of a context that nobody closes. */
class LeakExamples {

  // @start region=forgotten
  static Context lookUp(Context ctx) {
    return ctx.withName("look up").withTimeout(Duration.ofMinutes(1)); // and never closed
  }

  @Test
  void theLiveTreeShowsAForgottenClose() {
    try (var root = Context.root("shop")) {
      Context forgotten = lookUp(root);
      assertThat(TreeInspector.live(root))
          .extracting(live -> live.context().toString())
          .singleElement()
          .asString()
          .startsWith("background/shop/look up [1m");
      root.cancel(); // at the latest it ends with its parent
      assertThat(forgotten.isDone()).isTrue();
    }
  }

  // @end region=forgotten

  // @start region=failing-test
  @ExtendWith(LeakExtension.class)
  static class ForgetfulTest {
    @Test
    void looksUp(Context ctx) {
      lookUp(ctx);
    }
  }

  // @end region=failing-test

  @Test
  void aTestThatForgetsACloseFailsAndSaysWhereTheContextWasMade() {
    var execution =
        EngineTestKit.engine("junit-jupiter")
            .selectors(selectClass(ForgetfulTest.class))
            .execute()
            .testEvents()
            .failed()
            .stream()
            .findFirst()
            .orElseThrow();
    assertThat(execution.getRequiredPayload(TestExecutionResult.class).getThrowable())
        .hasValueSatisfying(
            failure ->
                assertThat(failure)
                    .hasMessageContaining("live context: background/looksUp(Context)/look up")
                    .hasMessageContaining("LeakExamples.lookUp(LeakExamples.java:"));
  }

  @Test
  void closedOneIsGone() {
    try (var root = Context.root("shop")) {
      try (CancellableContext closed = root.withTimeout(Duration.ofMinutes(1))) {
        closed.throwIfDone();
      }
      assertThat(TreeInspector.live(root)).isEmpty();
    }
  }
}
