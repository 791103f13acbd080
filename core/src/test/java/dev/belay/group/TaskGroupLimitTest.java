package dev.belay.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.ContextCallable;
import dev.belay.ContextCancelledException;
import dev.belay.DeadlineExceededException;
import dev.belay.Fixture;
import dev.belay.Gauge;
import dev.belay.spi.TreeInspector;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future.State;
import java.util.concurrent.FutureTask;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** R34: how many run at once. */
class TaskGroupLimitTest extends GroupFixture {

  @Test
  @DisplayName("R34: no more than the limit ever run")
  void theLimitIsNeverPassed() throws Exception {
    var gauge = new Gauge();
    try (TaskGroup<Integer, List<Integer>, Exception> group =
        on(TaskGroup.<Integer>open(root)).limit(3)) {
      for (int i = 0; i < 1_000; i++) {
        int value = i;
        group.fork("item", c -> gauge.pass(value));
      }
      assertThat(group.join()).isEqualTo(IntStream.range(0, 1_000).boxed().toList());
    }
    assertThat(gauge.most.get()).isBetween(1, 3);
  }

  @Test
  @DisplayName("R34: tryFork never waits")
  void tryForkNeverWaits() throws Exception {
    var go = new CountDownLatch(1);
    try (var group = on(TaskGroup.open(root)).limit(2)) {
      ContextCallable<String, InterruptedException> body =
          c -> {
            go.await();
            return "done";
          };
      assertThat(group.tryFork("a", body)).isNotNull();
      var second = group.tryFork("b", body);
      for (int i = 0; i < 100; i++) {
        assertThat(group.tryFork("none", body)).isNull();
      }
      go.countDown();
      while (second.state() == State.RUNNING) {
        Thread.onSpinWait();
      }
      assertThat(group.fork("c", body)).isNotNull();
      assertThat(group.join()).hasSize(3);
    }
  }

  @Test
  @DisplayName("R34: waiting for a slot ends with the context, and the body is not started")
  void waitingForASlotEndsWithTheContext() throws Exception {
    var ctx = root.withName("page").withTimeout(SECOND);
    var owner =
        new FutureTask<>(
            () -> {
              try (var group = on(TaskGroup.collect(ctx)).limit(1).uninterrupted()) {
                var go = new CountDownLatch(1);
                group.fork(
                    "holds",
                    c -> {
                      go.await();
                      return null;
                    });
                var late = group.fork("waits", c -> "never");
                assertThat(late.state()).isEqualTo(State.CANCELLED);
                assertThat(late.failure()).isNull();
                go.countDown();
                assertThatThrownBy(group::join).isInstanceOf(DeadlineExceededException.class);
              }
              return null;
            });
    Thread thread = Thread.ofVirtual().start(owner);
    awaitParked(thread);
    clock.advanceAndForget(SECOND);
    owner.get();
  }

  @Test
  @DisplayName("R33, R34: a failure frees the owner that waits for a slot, and join throws it")
  void aFailureFreesTheOwner() {
    var refused = new IOException("refused");
    try (var group = on(TaskGroup.open(root)).limit(1)) {
      group.fork(
          "fails",
          c -> {
            throw refused;
          });
      for (int i = 0; i < 10; i++) {
        group.fork("never", Fixture::untilEnd);
      }
      assertThatThrownBy(group::join).isSameAs(refused);
    }
  }

  @Test
  @DisplayName("R34: an interrupt while waiting for a slot cancels the group and is kept")
  void anInterruptWhileWaitingForASlot() throws Exception {
    var owner =
        new FutureTask<>(
            () -> {
              try (var group = on(TaskGroup.open(root)).limit(1)) {
                group.fork("holds", Fixture::untilEnd);
                var late = group.fork("waits", c -> "never");
                assertThat(late.state()).isEqualTo(State.CANCELLED);
                assertThatThrownBy(group::join).isInstanceOf(InterruptedException.class);
                assertThatThrownBy(group::join)
                    .isInstanceOf(ContextCancelledException.class)
                    .hasCauseInstanceOf(InterruptedException.class);
              }
              return null;
            });
    Thread thread = Thread.ofVirtual().start(owner);
    awaitParked(thread);
    thread.interrupt();
    owner.get();
  }

  @Test
  @DisplayName("R34: an owner that has waited for a slot watches no more")
  void whoHasWaitedWatchesNoMore() throws Exception {
    try (var group = on(TaskGroup.open(root)).limit(1)) {
      for (int i = 0; i < 20; i++) {
        group.fork("short", c -> null);
      }
      group.join();
      assertThat(TreeInspector.live(root))
          .anySatisfy(live -> assertThat(live.context().toString()).contains("test"))
          .allMatch(live -> live.reactions() == 0);
    }
  }
}
