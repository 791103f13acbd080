package dev.belay.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import dev.belay.CancellableContext;
import dev.belay.Context;
import dev.belay.spi.Ambient;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.testkit.engine.EngineTestKit;

/** Runs tests that leak, each in an engine of its own, and looks at what the extension says. */
class LeakExtensionTest {

  private static String failureOf(Class<?> leaky) {
    var events =
        EngineTestKit.engine("junit-jupiter").selectors(selectClass(leaky)).execute().testEvents();
    return events
        .executions()
        .list()
        .getFirst()
        .getTerminationInfo()
        .getExecutionResult()
        .getThrowable()
        .map(Throwable::getMessage)
        .orElse("passed");
  }

  @Test
  void aCleanTestPasses() {
    var result =
        EngineTestKit.engine("junit-jupiter").selectors(selectClass(Clean.class)).execute();
    result.testEvents().assertStatistics(statistics -> statistics.succeeded(2).failed(0));
    assertThat(
            result
                .testEvents()
                .executions()
                .list()
                .getFirst()
                .getTerminationInfo()
                .getExecutionResult()
                .getStatus())
        .isEqualTo(TestExecutionResult.Status.SUCCESSFUL);
  }

  @Test
  void aLiveContextFailsTheTestAndSaysWhereItWasMade() {
    assertThat(failureOf(LeaksContext.class))
        .contains("live context: background/forgets(CancellableContext)/forgotten")
        .contains("LeaksContext.forgets(LeakExtensionTest.java:");
  }

  @Test
  void aRunningThreadFailsTheTest() {
    assertThat(failureOf(LeaksThread.class)).contains("thread still running: leaked-thread");
    LeaksThread.GO.countDown();
  }

  @Test
  void aRunningReactionFailsTheTest() {
    assertThat(failureOf(LeaksReaction.class)).contains("belay-reaction (virtual)");
    LeaksReaction.GO.countDown();
  }

  @Test
  void aBoundContextFailsTheTest() {
    assertThat(failureOf(LeaksBinding.class)).contains("still bound");
    Ambient.detach(LeaksBinding.token);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void parameterizedTestsHaveARootEach(int turn, Context ctx) {
    assertThat(ctx.toString()).contains("[" + turn + "]");
  }

  @ExtendWith(LeakExtension.class)
  static class Clean {
    @Test
    void closes(CancellableContext ctx) {
      try (var child = ctx.withTimeout(Duration.ofSeconds(1))) {
        child.onDone(() -> {}).stop();
      }
    }

    @Test
    void needsNothing() {}
  }

  @ExtendWith(LeakExtension.class)
  static class LeaksContext {
    @Test
    void forgets(CancellableContext ctx) {
      ctx.withName("forgotten").withCancel();
    }
  }

  @ExtendWith(LeakExtension.class)
  static class LeaksThread {
    static final CountDownLatch GO = new CountDownLatch(1);

    @Test
    void forgets() {
      Thread.ofPlatform().name("leaked-thread").daemon().start(() -> awaitQuietly(GO));
    }
  }

  @ExtendWith(LeakExtension.class)
  static class LeaksReaction {
    static final CountDownLatch GO = new CountDownLatch(1);

    @Test
    void forgets(Context ctx) {
      var child = ctx.withCancel();
      child.onDone(() -> awaitQuietly(GO));
      child.cancel();
    }
  }

  @ExtendWith(LeakExtension.class)
  static class LeaksBinding {
    static Object token;

    @Test
    void forgets(Context ctx) {
      token = Ambient.attach(ctx);
    }
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
