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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
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
        .contains("LeaksContext.forgets(LeakExtensionTest.java:");
  }

  @Test
  void aRunningThreadFailsTheTest() {
    assertThat(failureOf(LeaksThread.class)).contains("thread still running: leaked-thread");
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
    assertThat(failureOf(RunsBesideOthers.class)).isEqualTo("passed");
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
    static final CountDownLatch GO = new CountDownLatch(1);

    @Test
    void forgets() {
      Thread.ofPlatform().name("leaked-thread").daemon().start(() -> awaitQuietly(GO));
    }

    @AfterAll
    static void end() {
      GO.countDown();
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
  @Execution(ExecutionMode.CONCURRENT)
  static class RunsBesideOthers {
    static final CountDownLatch GO = new CountDownLatch(1);

    @Test
    void startsWhatMightBeAnothers() {
      Thread.ofVirtual().start(() -> awaitQuietly(GO));
    }

    @AfterAll
    static void end() {
      GO.countDown();
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
