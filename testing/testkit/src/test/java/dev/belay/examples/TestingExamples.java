package dev.belay.examples;

import static dev.belay.Status.CANCELLED;
import static dev.belay.Status.DEADLINE_EXCEEDED;
import static dev.belay.testkit.assertions.ContextAssertions.assertThat;
import static dev.belay.testkit.assertions.ContextAssertions.assertThatForks;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import dev.belay.CancellableContext;
import dev.belay.Context;
import dev.belay.ContextCancelledException;
import dev.belay.DeadlineExceededException;
import dev.belay.group.Fork;
import dev.belay.group.TaskGroup;
import dev.belay.lifecycle.Lifecycle;
import dev.belay.lifecycle.ShutdownException;
import dev.belay.spi.ContextEvent;
import dev.belay.testkit.Attempt;
import dev.belay.testkit.LeakExtension;
import dev.belay.testkit.LiveContexts;
import dev.belay.testkit.RecordingListener;
import dev.belay.testkit.VirtualClock;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.platform.testkit.engine.EngineTestKit;

/** The code of docs/guide/testing.md. */
class TestingExamples {

  // @start region=charge
  /** The code under test: asks the bank, which takes its time. */
  static String charge(Context ctx) throws InterruptedException {
    return ctx.withName("charge")
        .call(
            c -> {
              c.sleep(Duration.ofMinutes(1));
              return "charged";
            });
  }

  // @end region=charge

  // @start region=deadline
  @Test
  void aDeadlinePasses(Context ctx, VirtualClock clock) throws Exception {
    try (var order = ctx.withTimeout(Duration.ofSeconds(2))) {
      Attempt<?> charge = Attempt.start(() -> charge(order));
      clock.awaitWaiting(1); // the call has begun, and waits on the clock
      clock.advance(Duration.ofSeconds(2));
      assertThat(charge.thrown(DeadlineExceededException.class)).within("charge");
      assertThat(order).endedWith(DEADLINE_EXCEEDED);
    }
  }

  // @end region=deadline

  // @start region=client
  @Test
  void aClientLeaves(Context ctx, VirtualClock standing) throws Exception {
    var left = new IOException("client gone");
    try (var request = ctx.withName("POST /orders").withCancel()) {
      Attempt<?> charge = Attempt.start(() -> charge(request));
      standing.awaitWaiting(1);
      request.cancel(left); // what a server does
      assertThat(charge.thrown(ContextCancelledException.class))
          .endedWith(CANCELLED)
          .causedBy(left)
          .endedFirst("background/aClientLeaves(Context, VirtualClock)/POST /orders");
    }
  }

  // @end region=client

  // @start region=seats
  /** Whichever of the two theatres has a seat first. */
  static List<Fork<? extends String>> seats(Context ctx) throws InterruptedException {
    try (var group = TaskGroup.<String>until(ctx, fork -> fork.state() == Future.State.SUCCESS)) {
      group.fork("old", c -> "seat 7");
      group.fork("new", TestingExamples::charge);
      return group.join();
    }
  }

  // @end region=seats

  // @start region=loser
  @Test
  void aLoserIsCancelled(Context ctx, VirtualClock standing) throws Exception {
    try (var heard = RecordingListener.below(ctx)) {
      assertThatForks(seats(ctx)).succeeded("old").cancelled("new");
      assertThat(heard).heardNo(ContextEvent.Zombie.class);
    }
  }

  // @end region=loser

  // @start region=retry
  /** Asks again after a second, two, four, as long as there is time for the pause. */
  static String retry(Context ctx, Attempts attempts) throws Exception {
    for (var pause = Duration.ofSeconds(1); ; pause = pause.multipliedBy(2)) {
      try {
        return attempts.next();
      } catch (IOException e) {
        if (!ctx.hasTimeFor(pause)) {
          throw e;
        }
        ctx.sleep(pause);
      }
    }
  }

  @FunctionalInterface
  interface Attempts {
    String next() throws IOException;
  }

  @Test
  void aRetryStops(Context ctx, VirtualClock clock) throws Exception {
    List<String> times = new ArrayList<>();
    Attempt<?> call =
        Attempt.start(
            () -> {
              try (var limited = ctx.withTimeout(Duration.ofSeconds(10))) {
                return retry(
                    limited,
                    () -> {
                      times.add(clock.instant().toString());
                      throw new IOException("busy");
                    });
              }
            });
    clock.awaitWaiting(1);
    clock.runUntilIdle(); // from pause to pause, until nothing waits any more
    call.thrown(IOException.class);
    assertThat(times)
        .containsExactly(
            "1970-01-01T00:00:00Z",
            "1970-01-01T00:00:01Z",
            "1970-01-01T00:00:03Z",
            "1970-01-01T00:00:07Z");
  }

  // @end region=retry

  // @start region=leak
  /** Forgets the context that it made. */
  static void forgetful(Context ctx) {
    var order = ctx.withName("order").withTimeout(Duration.ofMinutes(1));
    assertThat(order).isActive();
  }

  @Test
  void aLeakIsFound(CancellableContext ctx) {
    LiveContexts before = LiveContexts.below(ctx);
    forgetful(ctx);
    forgetful(ctx);
    assertThatThrownBy(LiveContexts.below(ctx).growthSince(before)::requireNone)
        .hasMessageContaining("+2 (0 before, 2 now, ")
        .hasMessageContaining("TestingExamples.forgetful(TestingExamples.java:");
    ctx.cancel(); // or this test would fail, too
    assertThat(ctx).hasNothingLiveBelow();
  }

  // @end region=leak

  // @start region=shutdown
  @Test
  void aShutdownDrains(CancellableContext ctx, VirtualClock clock) throws Exception {
    var life = Lifecycle.open(ctx, Duration.ofSeconds(10), Duration.ofSeconds(1));
    Attempt<?> quick =
        Attempt.start(() -> life.work().call(life.context(), c -> sleep(c, Duration.ofSeconds(5))));
    Attempt<?> slow =
        Attempt.start(() -> life.work().call(life.context(), c -> sleep(c, Duration.ofHours(1))));
    clock.awaitWaiting(2);
    Attempt<?> shutdown = Attempt.start(life::shutdown);
    clock.awaitTimers(3); // the two sleeps, and the grace
    clock.advance(Duration.ofSeconds(10)); // the grace
    assertThat(quick.failure()).isNull();
    assertThat(slow.thrown(ContextCancelledException.class)).causedBy(ShutdownException.class);
    assertThat(shutdown.failure()).isNull();
  }

  private static String sleep(Context ctx, Duration time) throws InterruptedException {
    ctx.sleep(time);
    return "done";
  }

  // @end region=shutdown

  // @start region=parallel
  @ExtendWith(LeakExtension.class) // or by autodetection.enabled, see the top of the page
  @Execution(ExecutionMode.CONCURRENT)
  static class OrdersTest {
    @Test
    void one(Context ctx, VirtualClock clock) {
      try (var order = ctx.withTimeout(Duration.ofSeconds(1))) {
        clock.advance(Duration.ofSeconds(1)); // the other test's time stands still
        assertThat(order).endedWith(DEADLINE_EXCEEDED);
      }
    }

    @Test
    void another(Context ctx, VirtualClock clock) {
      try (var order = ctx.withTimeout(Duration.ofSeconds(1))) {
        assertThat(order).isActive();
      }
    }
  }

  // @end region=parallel

  @Test
  void testsRunInParallel() {
    EngineTestKit.engine("junit-jupiter")
        .configurationParameter("junit.jupiter.execution.parallel.enabled", "true")
        .configurationParameter(
            "junit.jupiter.execution.parallel.config.executor-service", "FORK_JOIN_POOL")
        .selectors(selectClass(OrdersTest.class))
        .execute()
        .testEvents()
        .assertStatistics(tests -> tests.succeeded(2).failed(0));
  }
}
