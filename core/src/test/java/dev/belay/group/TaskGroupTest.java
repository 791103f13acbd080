package dev.belay.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.Context;
import dev.belay.ContextCancelledException;
import dev.belay.DeadlineExceededException;
import dev.belay.Fixture;
import dev.belay.spi.TreeInspector;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future.State;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ThreadFactory;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** R32: forks. */
class TaskGroupTest extends GroupFixture {
  @Test
  @DisplayName("R32: a fork runs on its own thread, under a child of the context with its name")
  void aForkRunsUnderANamedChild() throws Exception {
    Context parent = root.withName("page").withValue(USER, "ada");
    try (var group = on(TaskGroup.open(parent))) {
      var seen =
          group.fork(
              "stock",
              c -> {
                assertThat(Context.current().get(USER)).isEqualTo("ada");
                return c + " on " + Thread.currentThread().getName();
              });
      var thread = group.fork("thread", c -> Thread.currentThread());
      group.join();
      assertThat(seen.get()).isEqualTo("background/test/page/stock on stock");
      assertThat(thread.get().isVirtual()).isEqualTo(threads.newThread(() -> {}).isVirtual());
      assertThat(seen.name()).isEqualTo("stock");
      assertThat(seen.state()).isEqualTo(State.SUCCESS);
    }
  }

  @Test
  @DisplayName("R32: named forks show in the live tree while they run")
  void forksShowInTheLiveTree() throws Exception {
    var running = new CountDownLatch(2);
    var go = new CountDownLatch(1);
    try (var group = on(TaskGroup.open(root.withName("page")))) {
      for (String name : List.of("user", "orders")) {
        group.fork(
            name,
            c -> {
              running.countDown();
              go.await();
              return null;
            });
      }
      running.await();
      assertThat(TreeInspector.live(root).stream().map(live -> live.context().toString()))
          .contains("background/test/page/user", "background/test/page/orders");
      go.countDown();
      group.join();
      assertThat(TreeInspector.live(root)).hasSize(1); // the group itself
    }
  }

  @Test
  @DisplayName("R31, R32: a deadline's story has the forks as steps")
  void forksAreSteps() throws Exception {
    var ctx = root.withName("GET /").withTimeout(SECOND);
    try (var group = on(TaskGroup.open(ctx))) {
      var running = new CountDownLatch(1);
      group.fork(
          "stock",
          c -> {
            running.countDown();
            return untilEnd(c);
          });
      running.await();
      clock.advanceAndForget(SECOND);
      assertThatThrownBy(group::join)
          .isInstanceOf(DeadlineExceededException.class)
          .hasMessage("deadline of 1s set by \"GET /\" passed in \"stock\": stock 1s");
    }
  }

  @Test
  @DisplayName("R32: leaving the block cancels and waits: no thread outlives it")
  void leavingTheBlockCancelsAndWaits() throws Exception {
    Fork<Thread> fork;
    Thread[] thread = new Thread[1];
    var running = new CountDownLatch(1);
    try (var group = on(TaskGroup.open(root.withName("page")))) {
      fork =
          group.fork(
              "stock",
              c -> {
                thread[0] = Thread.currentThread();
                running.countDown();
                return untilEnd(c);
              });
      running.await();
      group.cancel();
    }
    assertThat(thread[0].isAlive()).isFalse();
    assertThat(fork.state()).isEqualTo(State.CANCELLED);
    assertThat(fork.failure())
        .isInstanceOf(ContextCancelledException.class)
        .hasMessage("cancelled by the owner of \"page\"")
        .hasCauseInstanceOf(InterruptedException.class);
  }

  @Test
  @DisplayName("R32: leaving the block waits for the threads, also for what they do after the fork")
  void leavingTheBlockWaitsForTheThreads() throws Exception {
    var joined = new CountDownLatch(1);
    var left = new CountDownLatch(1);
    ThreadFactory slow =
        fork ->
            threads.newThread(
                () -> {
                  fork.run();
                  untilZero(left);
                });
    var owner =
        new FutureTask<Boolean>(
            () -> {
              try (var group = TaskGroup.open(root).threads(slow)) {
                group.fork("stock", c -> "found");
                group.join();
                joined.countDown();
              }
              return left.getCount() == 0;
            });
    Thread thread = threads.newThread(owner);
    thread.start();
    joined.await();
    awaitParked(thread);
    left.countDown();
    assertThat(owner.get()).isTrue();
  }

  private static void untilZero(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError("a thread was interrupted after its fork", e);
    }
  }

  @Test
  @DisplayName("R32: an uninterrupted group does not interrupt its forks")
  void anUninterruptedGroup() throws Exception {
    try (var group = on(TaskGroup.open(root)).uninterrupted()) {
      var running = new CountDownLatch(1);
      var fork =
          group.fork(
              "stock",
              c -> {
                running.countDown();
                while (!c.isDone()) {
                  Thread.onSpinWait();
                }
                return Thread.currentThread().isInterrupted();
              });
      running.await();
      group.cancel();
      assertThat(group.join()).containsExactly(false);
      assertThat(fork.get()).isFalse();
    }
  }

  @Test
  @DisplayName("R32: an interrupt ends the owner's join, and the close cancels and keeps the flag")
  void anInterruptEndsTheJoin() throws Exception {
    var owner =
        new FutureTask<>(
            () -> {
              try (var group = on(TaskGroup.open(root))) {
                group.fork("stock", Fixture::untilEnd);
                assertThatThrownBy(group::join).isInstanceOf(InterruptedException.class);
                Thread.currentThread().interrupt();
              }
              return Thread.interrupted();
            });
    Thread thread = Thread.ofVirtual().start(owner);
    awaitParked(thread);
    thread.interrupt();
    assertThat(owner.get()).isTrue();
  }

  @Test
  @DisplayName("R7, R32: under an ended context nothing is started, and join says why")
  void underAnEndedContextNothingStarts() {
    var ctx = root.withName("page").withCancel();
    ctx.cancel();
    try (var group = on(TaskGroup.open(ctx))) {
      var fork = group.fork("stock", c -> "never");
      assertThat(fork.state()).isEqualTo(State.CANCELLED);
      assertThatThrownBy(group::join)
          .isInstanceOf(ContextCancelledException.class)
          .hasMessage("cancelled by the owner of \"page\"");
    }
  }

  @Test
  @DisplayName("R32: an interrupt while a group is being left does not end the wait, and is kept")
  void anInterruptWhileAGroupIsBeingLeft() throws Exception {
    var running = new CountDownLatch(1);
    var leaving = new CountDownLatch(1);
    var go = new CountDownLatch(1);
    var owner =
        new FutureTask<>(
            () -> {
              try (var group = on(TaskGroup.open(root)).uninterrupted()) {
                group.fork(
                    "slow",
                    c -> {
                      running.countDown();
                      go.await();
                      return null;
                    });
                running.await();
                group.cancel();
                leaving.countDown();
              }
              return Thread.interrupted() + " " + go.getCount();
            });
    Thread thread = threads.newThread(owner);
    thread.start();
    leaving.await();
    awaitParked(thread);
    thread.interrupt();
    awaitParked(thread);
    go.countDown();
    assertThat(owner.get()).isEqualTo("true 0");
  }
}
