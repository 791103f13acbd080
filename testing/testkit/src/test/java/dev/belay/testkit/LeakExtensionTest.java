package dev.belay.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import dev.belay.CancellableContext;
import dev.belay.Context;
import dev.belay.spi.Ambient;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.testkit.engine.EngineExecutionResults;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Events;

/** Runs tests that leak, each in an engine of its own, and looks at what the extension says. */
class LeakExtensionTest {

  private static String failureOf(Class<?> leaky) {
    return failure(run(leaky).testEvents());
  }

  private static EngineExecutionResults run(Class<?> tests) {
    return EngineTestKit.engine("junit-jupiter").selectors(selectClass(tests)).execute();
  }

  private static EngineExecutionResults runInParallel(Class<?> tests) {
    return EngineTestKit.engine("junit-jupiter")
        .configurationParameter("junit.jupiter.execution.parallel.enabled", "true")
        .configurationParameter(
            "junit.jupiter.execution.parallel.config.executor-service", "FORK_JOIN_POOL")
        .selectors(selectClass(tests))
        .execute();
  }

  /** What the first of {@code events} to finish failed with: a test, or a class. */
  private static String failure(Events events) {
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
    var result = run(Clean.class);
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
        .contains("LeaksContext.forgets(LeakExtensionTest.java:")
        .doesNotContain("@SharedThreads");
  }

  @Test
  void whatCalledTheTestIsNotShown() {
    assertThat(failureOf(LeaksContext.class)).contains(".forgets(").doesNotContain("reflect");
  }

  @Test
  void theRootOfATestIsMergedWithOtherContexts(Context ctx) {
    var other = Context.background().withCancel();
    try (var both = ctx.withCancelFrom(other);
        var turned = other.withCancelFrom(ctx)) {
      other.cancel();
      assertThat(both.isDone()).isTrue();
      assertThat(turned.isDone()).isTrue();
    }
  }

  @Test
  void aRunningThreadFailsTheTestWhichNamesTheAnnotationThatWouldExcuseIt() {
    assertThat(failureOf(LeaksThread.class))
        .contains("thread still running: leaked-thread")
        .endsWith(
            "If it is meant to live on, annotate the class: @SharedThreads(\"leaked-thread\") if its tests"
                + " share what runs it, @SharedThreads(value = \"leaked-thread\", scope ="
                + " SharedThreads.Scope.RUN) if a framework keeps it for other classes");
  }

  @Test
  void theAnnotationIsNamedWithWhatTheNamesOfThreadsHaveInCommon() {
    assertThat(failureOf(LeaksNumberedThreads.class))
        .contains("thread still running: pool-1", "thread still running: pool-2")
        .contains("@SharedThreads(\"pool-\")");
  }

  @Test
  void aRunningVirtualThreadFailsTheTestAndSaysWhereItIs() {
    assertThat(failureOf(LeaksVirtualThread.class))
        .contains("thread still running: leaked-virtual-thread (virtual)")
        .contains("LeakExtensionTest.awaitQuietly(")
        .contains("LeaksVirtualThread.lambda$forgets");
  }

  @Test
  void aVirtualThreadOfAClassFailsTheClass() {
    var result = run(LeaksVirtualThreadOfClass.class);
    LeaksVirtualThreadOfClass.GO.countDown();
    assertThat(failure(result.testEvents())).isEqualTo("passed");
    assertThat(failure(result.containerEvents()))
        .contains("thread still running: forgotten-by-the-class (virtual)");
  }

  @ParameterizedTest
  @ValueSource(classes = {ClosesItsFixture.class, ClosesTheFixtureOfTheClass.class})
  void threadsOfAFixtureThatJUnitClosesAreNoLeaks(Class<?> closing) {
    run(closing).allEvents().assertStatistics(all -> all.failed(0).succeeded(4));
  }

  @Test
  void aTestIsNotBlamedForThreadsWhereOthersMayRunMeanwhile() {
    assertThat(failure(runInParallel(LeaksThread.class).testEvents())).isEqualTo("passed");
  }

  @Test
  void anIsolatedTestIsBlamedForThreadsAlsoInAParallelRun() {
    assertThat(failure(runInParallel(LeaksThreadAlone.class).testEvents()))
        .contains("thread still running: leaked-alone");
  }

  @Test
  void aLeakedContextIsShownInItsTreeAndEndedAfterTheTest() {
    assertThat(failureOf(LeaksTree.class).lines().map(LeakExtensionTest::withoutLine))
        .containsSubsequence(
            "left behind:",
            "live context: background/forgets(Context)/order [1m, 1m left], watched by 1",
            "    at dev.belay.testkit.LeakExtensionTest$LeaksTree.forgets",
            "  live context: background/forgets(Context)/order [1m, 1m left]/charge",
            "      at dev.belay.testkit.LeakExtensionTest$LeaksTree.charge",
            "1 timer(s) still set");
    assertThat(LeaksTree.left.isDone()).isTrue();
  }

  /** A line of a failure without module, the number of a line of code, and the time left. */
  private static String withoutLine(String line) {
    return line.replaceAll("dev\\.belay\\.testkit@[^/]+/", "")
        .replaceAll("\\(LeakExtensionTest.java:\\d+\\)", "")
        .replaceAll(", [^ ]+ left", ", 1m left");
  }

  @Test
  void afterAClassTheMessageNamesTheAnnotationForTheRun() {
    String failure = failure(run(LeaksSharedThread.class).containerEvents());
    LeaksSharedThread.GO.countDown();
    assertThat(failure)
        .contains("thread still running: shared-1")
        .endsWith(
            "If it is meant to live on, annotate the class: @SharedThreads(value = \"shared-\", scope ="
                + " SharedThreads.Scope.RUN) if a framework keeps it for other classes");
  }

  @Test
  void threadsOfTheRunAreNotLookedFor() {
    run(KeepsForTheRun.class).allEvents().assertStatistics(all -> all.failed(0).succeeded(3));
    KeepsForTheRun.GO.countDown();
  }

  @Test
  void threadsThatAModuleNamesAreNotLookedFor() {
    run(StartsModuleThread.class).allEvents().assertStatistics(all -> all.failed(0).succeeded(3));
    StartsModuleThread.GO.countDown();
  }

  @Test
  void theThreadsOfAFixtureAreNoLeaksOfNestedTests() {
    run(Outer.class).allEvents().assertStatistics(all -> all.failed(0).succeeded(4));
  }

  @Test
  void aThreadOfTheOuterFixtureFailsTheOuterClass() {
    var result = run(LeakyOuter.class);
    LeakyOuter.GO.countDown();
    result.testEvents().assertStatistics(tests -> tests.succeeded(1).failed(0));
    assertThat(result.containerEvents().failed().list())
        .singleElement()
        .satisfies(
            failed ->
                assertThat(failed.getTestDescriptor().getDisplayName())
                    .isEqualTo("LeakExtensionTest$LeakyOuter"));
  }

  @Test
  void aContextOfTheClassFailsTheClass() {
    var result = run(LeaksContextOfClass.class);
    result.testEvents().assertStatistics(tests -> tests.succeeded(2).failed(0));
    assertThat(failure(result.containerEvents()))
        .contains("live context: background/LeakExtensionTest$LeaksContextOfClass/server")
        .contains("LeaksContextOfClass.start(LeakExtensionTest.java:");
  }

  @Test
  void theClockOfAClassIsTakenBeforeAll() {
    run(HasClockOfClass.class).allEvents().assertStatistics(all -> all.failed(0).succeeded(3));
  }

  @Test
  void aRunningReactionFailsTheTest() {
    assertThat(failureOf(LeaksReaction.class)).contains("belay-reaction (virtual)");
  }

  @Test
  void aBoundContextFailsTheTest() {
    assertThat(failureOf(LeaksBinding.class)).contains("still bound");
    Ambient.restore(LeaksBinding.token);
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
      var unused = ctx.withName("forgotten").withCancel();
    }
  }

  @ExtendWith(LeakExtension.class)
  static class LeaksThread {
    static CountDownLatch go;

    @Test
    void forgets() {
      go = new CountDownLatch(1);
      Thread.ofPlatform().name("leaked-thread").daemon().start(() -> awaitQuietly(go));
    }

    @AfterAll
    static void end() {
      go.countDown();
    }
  }

  @ExtendWith(LeakExtension.class)
  static class LeaksVirtualThread {
    static final CountDownLatch GO = new CountDownLatch(1);

    @Test
    void forgets() {
      Thread.ofVirtual().name("leaked-virtual-thread").start(() -> awaitQuietly(GO));
    }

    @AfterAll
    static void end() {
      GO.countDown();
    }
  }

  @ExtendWith(LeakExtension.class)
  static class LeaksVirtualThreadOfClass {
    static final CountDownLatch GO = new CountDownLatch(1);

    @BeforeAll
    static void forgets() {
      Thread.ofVirtual().name("forgotten-by-the-class").start(() -> awaitQuietly(GO));
    }

    @Test
    void needsNothing() {}
  }

  /** Runs threads of both kinds until it is closed. */
  static final class Fixture implements AutoCloseable {
    private final CountDownLatch closed = new CountDownLatch(1);

    Fixture() {
      Thread.ofVirtual().name("fixture-virtual").start(() -> awaitQuietly(closed));
      Thread.ofPlatform().name("fixture-platform").start(() -> awaitQuietly(closed));
    }

    @Override
    public void close() {
      closed.countDown();
    }
  }

  @ExtendWith(LeakExtension.class)
  static class ClosesItsFixture {
    @AutoClose Fixture fixture;

    @Test
    void opens() {
      fixture = new Fixture();
    }

    @Test
    void opensAnother() {
      fixture = new Fixture();
    }
  }

  @ExtendWith(LeakExtension.class)
  @SharedThreads("fixture-")
  static class ClosesTheFixtureOfTheClass {
    @AutoClose static Fixture shared;

    @Test
    void uses() {
      open();
    }

    @Test
    void usesAgain() {
      open();
    }

    /** Whoever comes first opens it, so that its threads are younger than a test. */
    private static void open() {
      if (shared == null) {
        shared = new Fixture();
      }
    }
  }

  @ExtendWith(LeakExtension.class)
  @Isolated
  static class LeaksThreadAlone {
    static final CountDownLatch GO = new CountDownLatch(1);

    @Test
    void forgets() {
      Thread.ofPlatform().name("leaked-alone").daemon().start(() -> awaitQuietly(GO));
    }

    @AfterAll
    static void end() {
      GO.countDown();
    }
  }

  @ExtendWith(LeakExtension.class)
  static class LeaksNumberedThreads {
    static final CountDownLatch GO = new CountDownLatch(1);

    @Test
    void forgets() {
      Thread.ofPlatform().name("pool-1").daemon().start(() -> awaitQuietly(GO));
      Thread.ofPlatform().name("pool-2").daemon().start(() -> awaitQuietly(GO));
    }

    @AfterAll
    static void end() {
      GO.countDown();
    }
  }

  @ExtendWith(LeakExtension.class)
  @SharedThreads("shared-")
  static class LeaksSharedThread {
    static final CountDownLatch GO = new CountDownLatch(1);

    @Test
    void starts() {
      Thread.ofPlatform().name("shared-1").daemon().start(() -> awaitQuietly(GO));
    }
  }

  @ExtendWith(LeakExtension.class)
  @SharedThreads(value = "kept-", scope = SharedThreads.Scope.RUN)
  static class KeepsForTheRun {
    static final CountDownLatch GO = new CountDownLatch(1);

    @Test
    void starts() {
      Thread.ofPlatform().name("kept-1").daemon().start(() -> awaitQuietly(GO));
      Thread.ofVirtual().name("kept-2").start(() -> awaitQuietly(GO));
    }
  }

  /** Its thread is in this module's {@code META-INF/belay/shared-threads}. */
  @ExtendWith(LeakExtension.class)
  static class StartsModuleThread {
    static final CountDownLatch GO = new CountDownLatch(1);

    @Test
    void starts() {
      Thread.ofPlatform().name("testkit-module-1").daemon().start(() -> awaitQuietly(GO));
    }
  }

  @ExtendWith(LeakExtension.class)
  @SharedThreads("fixture-")
  static class Outer {
    @AutoClose static Fixture shared;

    @Nested
    class Inner {
      @Test
      void opens() {
        shared = new Fixture();
      }
    }
  }

  @ExtendWith(LeakExtension.class)
  @SharedThreads("outer-")
  static class LeakyOuter {
    static final CountDownLatch GO = new CountDownLatch(1);

    @Nested
    class Inner {
      @Test
      void starts() {
        Thread.ofPlatform().name("outer-1").daemon().start(() -> awaitQuietly(GO));
      }
    }
  }

  @ExtendWith(LeakExtension.class)
  static class LeaksContextOfClass {
    @BeforeAll
    static void start(Context ctx) {
      var unused = ctx.withName("server").withCancel();
    }

    @Test
    void hasARootOfItsOwn(Context ctx) {
      assertThat(ctx).hasToString("background/hasARootOfItsOwn(Context)");
    }

    @Test
    void hasNone() {}
  }

  @ExtendWith(LeakExtension.class)
  static class HasClockOfClass {
    static CancellableContext limited;
    static VirtualClock turned;

    @BeforeAll
    static void start(Context ctx, VirtualClock clock) {
      limited = ctx.withTimeout(Duration.ofHours(1));
      turned = clock;
    }

    @Test
    void turns() {
      turned.advance(Duration.ofHours(1));
      assertThat(limited.isDone()).isTrue();
    }
  }

  @ExtendWith(LeakExtension.class)
  static class LeaksTree {
    static Context left;

    @Test
    void forgets(Context ctx) {
      var order = ctx.withName("order").withTimeout(Duration.ofMinutes(1));
      order.onDone(() -> {});
      left = charge(order);
    }

    private static Context charge(Context ctx) {
      return ctx.withName("charge").withCancel();
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

    @AfterAll
    static void end() {
      GO.countDown();
    }
  }

  @ExtendWith(LeakExtension.class)
  static class LeaksBinding {
    static Object token;

    @Test
    void forgets(Context ctx) {
      token = Ambient.bind(ctx);
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
