package dev.belay.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import dev.belay.CancellableContext;
import dev.belay.Context;
import dev.belay.group.TaskGroup;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Event;
import org.junit.platform.testkit.engine.Events;

/**
 * Of eight tests that run at once one leaks, a hundred times. Several such runs go on side by side,
 * because each waits a moment of grace for what is just ending.
 */
class ParallelLeakTest {
  private static final int ROUNDS = 2;
  private static final int AT_ONCE = 50;
  private static final int TESTS = 8;

  /** Where the tests of all runs meet while each has a live context. */
  private static final CyclicBarrier MEETING = new CyclicBarrier(AT_ONCE * TESTS);

  @Test
  void ofEightParallelTestsJustTheLeakingOneFailsInEachOfAHundredRuns() throws Exception {
    List<List<String>> failures = new ArrayList<>();
    for (int round = 0; round < ROUNDS; round++) {
      List<FutureTask<Events>> runs = new ArrayList<>();
      for (int i = 0; i < AT_ONCE; i++) {
        var run = new FutureTask<>(ParallelLeakTest::runEight);
        runs.add(run);
        Thread.ofPlatform().start(run);
      }
      for (FutureTask<Events> run : runs) {
        Events tests = run.get();
        tests.assertStatistics(statistics -> statistics.finished(TESTS));
        failures.add(tests.failed().stream().map(ParallelLeakTest::failure).toList());
      }
    }
    assertThat(failures)
        .hasSize(100)
        .allSatisfy(
            failed ->
                assertThat(failed)
                    .singleElement()
                    .asString()
                    .startsWith("leaks(Context): left behind:")
                    .contains("live context: background/leaks(Context)/order [1m, ")
                    .contains(Eight.class.getName() + ".leaks(ParallelLeakTest.java:")
                    .contains("  live context: background/leaks(Context)/order [1m, ")
                    .contains("/charge, watched by 1")
                    .contains(Eight.class.getName() + ".charge(ParallelLeakTest.java:")
                    .contains("thread still running: belay-reaction (virtual)")
                    .contains(Eight.class.getName() + ".awaitQuietly(")
                    .doesNotContain("sound", "@SharedThreads"));
  }

  private static Events runEight() {
    return EngineTestKit.engine("junit-jupiter")
        .configurationParameter("junit.jupiter.execution.parallel.enabled", "true")
        .configurationParameter(
            "junit.jupiter.execution.parallel.config.executor-service", "FORK_JOIN_POOL")
        .configurationParameter("junit.jupiter.execution.parallel.config.strategy", "fixed")
        .configurationParameter(
            "junit.jupiter.execution.parallel.config.fixed.parallelism", "" + TESTS)
        .selectors(selectClass(Eight.class))
        .execute()
        .testEvents();
  }

  private static String failure(Event event) {
    return event.getTestDescriptor().getDisplayName()
        + ": "
        + event
            .getRequiredPayload(TestExecutionResult.class)
            .getThrowable()
            .map(Throwable::getMessage)
            .orElse("");
  }

  @ExtendWith(LeakExtension.class)
  @Execution(ExecutionMode.CONCURRENT)
  static class Eight {

    private static void meet() throws Exception {
      MEETING.await(60, TimeUnit.SECONDS);
    }

    @Test
    void leaks(Context ctx) throws Exception {
      var order = ctx.withName("order").withTimeout(Duration.ofMinutes(1));
      CancellableContext charge = charge(order);
      charge.onDone(() -> {});
      var failed = order.withCancel();
      var never = new CountDownLatch(1);
      ctx.onDone(never::countDown); // the extension ends the root once it has looked
      failed.onDone(() -> awaitQuietly(never));
      failed.cancel();
      meet();
    }

    private static CancellableContext charge(Context ctx) {
      return ctx.withName("charge").withCancel();
    }

    private static void awaitQuietly(CountDownLatch latch) {
      try {
        latch.await();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }

    @Test
    void soundDeadline(Context ctx) throws Exception {
      try (var child = ctx.withTimeout(Duration.ofMinutes(1))) {
        meet();
        assertThat(child.isDone()).isFalse();
      }
    }

    @Test
    void soundClock(Context ctx, VirtualClock clock) throws Exception {
      try (var child = ctx.withTimeout(Duration.ofMinutes(1))) {
        meet();
        clock.advance(Duration.ofMinutes(1));
        assertThat(child.isDone()).isTrue();
      }
    }

    @Test
    void soundReaction(Context ctx) throws Exception {
      var child = ctx.withCancel();
      var reacted = new CountDownLatch(1);
      child.onDone(reacted::countDown);
      meet();
      child.cancel();
      reacted.await();
    }

    @Test
    void soundGroup(Context ctx) throws Exception {
      try (var group = TaskGroup.<String>open(ctx)) {
        group.fork("a", c -> "a");
        group.fork("b", c -> "b");
        meet();
        assertThat(group.join()).containsExactly("a", "b");
      }
    }

    @Test
    void soundCancelledGroup(Context ctx) throws Exception {
      try (var group = TaskGroup.<String>open(ctx)) {
        group.fork(
            "sleeps",
            c -> {
              c.sleep(Duration.ofMinutes(1));
              return "";
            });
        meet();
        group.cancel();
      }
    }

    @Test
    void soundBinding(Context ctx) throws Exception {
      ctx.run(
          c -> {
            meet();
            assertThat(Context.current()).hasToString(ctx.toString());
          });
    }

    @Test
    void soundRootAlone(Context ctx) throws Exception {
      meet();
      assertThat(ctx.isDone()).isFalse();
    }
  }
}
