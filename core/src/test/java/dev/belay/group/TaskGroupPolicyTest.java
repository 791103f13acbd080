package dev.belay.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.belay.Context;
import dev.belay.ContextCancelledException;
import dev.belay.DeadlineExceededException;
import dev.belay.Fixture;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future.State;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** R33: the four ways to join. */
class TaskGroupPolicyTest extends GroupFixture {
  // ---- R33: all must succeed

  @Test
  @DisplayName("R33: join gives all results, in the order of the forks, null too")
  void resultsInOrder() throws Exception {
    var first = new CountDownLatch(1);
    try (TaskGroup<String, List<String>, Exception> group = on(TaskGroup.open(root))) {
      group.fork(
          "a",
          c -> {
            first.await();
            return "a";
          });
      group.fork("b", c -> null);
      group.fork(
          "c",
          c -> {
            first.countDown();
            return "c";
          });
      assertThat(group.join()).containsExactly("a", null, "c");
    }
  }

  @Test
  @DisplayName("R33: the first failure cancels the rest and is thrown as it is, others suppressed")
  void theFirstFailureCancelsTheRest() throws Exception {
    var failure = new IOException("refused");
    var late = new IllegalStateException("late");
    var running = new CountDownLatch(2);
    try (var group = on(TaskGroup.open(root))) {
      var cancelled =
          group.fork(
              "waits",
              c -> {
                running.countDown();
                return untilEnd(c);
              });
      group.fork(
          "fails late",
          c -> {
            running.countDown();
            c.runShielded(Duration.ofDays(1), s -> group.context().awaitDone());
            throw late;
          });
      var failed =
          group.fork(
              "fails",
              c -> {
                running.await();
                throw failure;
              });
      assertThatThrownBy(group::join).isSameAs(failure);
      assertThat(failure.getSuppressed()).containsExactly(late, cancelled.failure());
      assertThat(failed.state()).isEqualTo(State.FAILED);
      assertThat(cancelled.state()).isEqualTo(State.CANCELLED);
      assertThat(cancelled.failure())
          .isInstanceOf(ContextCancelledException.class)
          .hasMessage("cancelled because \"fails\" failed: java.io.IOException: refused");
      assertThat(group.context().cause()).isSameAs(failure);
      assertThat(root.isDone()).isFalse();
    }
  }

  @Test
  @DisplayName("R33: a time-out of a fork's own context is its failure, not a cancellation")
  void aForksOwnTimeoutIsAFailure() throws Exception {
    try (var group = on(TaskGroup.open(root))) {
      var fork =
          group.fork(
              "stock",
              c -> {
                try (var own = c.withName("short").withTimeout(Duration.ZERO)) {
                  own.throwIfDone();
                }
                return null;
              });
      assertThatThrownBy(group::join)
          .isInstanceOf(DeadlineExceededException.class)
          .hasMessageContaining("set by \"short\"");
      assertThat(fork.state()).isEqualTo(State.FAILED);
    }
  }

  @Test
  @DisplayName("R23, R33: results that were computed are given although the context has ended")
  void computedResultsAreGiven() throws Exception {
    var ctx = root.withCancel();
    try (TaskGroup<String, List<String>, Exception> group = on(TaskGroup.open(ctx))) {
      group.fork(
          "stock",
          c -> {
            ctx.cancel();
            return "computed";
          });
      assertThat(group.join()).containsExactly("computed");
    }
  }

  // ---- R33: first success

  @Test
  @DisplayName("R33: the first success cancels the losers")
  void theFirstSuccessWins() throws Exception {
    var running = new CountDownLatch(1);
    try (TaskGroup<String, String, Exception> group = on(TaskGroup.firstSuccess(root))) {
      var loser =
          group.fork(
              "slow",
              c -> {
                running.countDown();
                return untilEnd(c);
              });
      group.fork(
          "broken",
          c -> {
            throw new IOException("refused");
          });
      group.fork(
          "fast",
          c -> {
            running.await();
            return "found";
          });
      assertThat(group.join()).isEqualTo("found");
      assertThat(loser.failure()).hasMessage("cancelled because \"fast\" succeeded first");
    }
  }

  @Test
  @DisplayName("R33: all failed: one exception that carries every failure")
  void allFailed() {
    var first = new IOException("first");
    var second = new IOException("second");
    var secondEnded = new CountDownLatch(1);
    try (var group = on(TaskGroup.firstSuccess(root))) {
      group.fork(
          "a",
          c -> {
            secondEnded.await();
            throw first;
          });
      group.fork(
          "b",
          c -> {
            secondEnded.countDown();
            throw second;
          });
      assertThatThrownBy(group::join).isSameAs(first).hasSuppressedException(second);
    }
  }

  @Test
  @DisplayName("R33: when the context ends before a success, that is thrown first")
  void noSuccessBeforeTheEnd() throws Exception {
    var ctx = root.withCancel();
    var refused = new IOException("refused");
    try (var group = on(TaskGroup.firstSuccess(ctx))) {
      var failed =
          group.fork(
              "broken",
              c -> {
                throw refused;
              });
      group.fork(
          "slow",
          c -> {
            while (failed.state() == State.RUNNING) {
              Thread.onSpinWait();
            }
            ctx.cancel();
            return untilEnd(c);
          });
      assertThatThrownBy(group::join)
          .isInstanceOf(ContextCancelledException.class)
          .hasSuppressedException(refused);
    }
  }

  // ---- R33: collect, deadline

  @Test
  @DisplayName("R33: collecting, a failure cancels nothing and is a result like others")
  void collectingEverything() throws Exception {
    var refused = new IOException("refused");
    try (TaskGroup<String, List<Fork<? extends String>>, RuntimeException> group =
        on(TaskGroup.collect(root))) {
      var failed =
          group.fork(
              "broken",
              c -> {
                throw refused;
              });
      group.fork(
          "slow",
          c -> {
            while (failed.state() == State.RUNNING) {
              Thread.onSpinWait();
            }
            return "found";
          });
      var all = group.join();
      assertThat(all).extracting(Fork::state).containsExactly(State.FAILED, State.SUCCESS);
      assertThat(all.get(0).failure()).isSameAs(refused);
      assertThat(all.get(1).get()).isEqualTo("found");
    }
  }

  @Test
  @DisplayName("R33: collecting, an end that cancels a fork is thrown")
  void collectingUnderAContextThatEnds() {
    var ctx = root.withName("page").withTimeout(SECOND);
    try (var group = on(TaskGroup.collect(ctx))) {
      group.fork("stock", Fixture::untilEnd);
      clock.advanceAndForget(SECOND);
      assertThatThrownBy(group::join).isInstanceOf(DeadlineExceededException.class);
    }
  }

  @Test
  @DisplayName("R33: at the deadline there is what is there")
  void whatIsThereAtTheDeadline() throws Exception {
    try (var budget = root.withTimeout(SECOND);
        TaskGroup<String, List<Fork<? extends String>>, RuntimeException> group =
            on(TaskGroup.<String>untilDeadline(budget))) {
      var fast = group.fork("fast", c -> "found");
      group.fork("slow", Fixture::untilEnd);
      while (fast.state() == State.RUNNING) {
        Thread.onSpinWait();
      }
      clock.advanceAndForget(SECOND);
      var all = group.join();
      assertThat(all).extracting(Fork::state).containsExactly(State.SUCCESS, State.CANCELLED);
      assertThat(all.get(0).get()).isEqualTo("found");
      assertThatThrownBy(all.get(1)::get)
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("fork \"slow\" was cancelled: look at state() first");
    }
  }

  @Test
  @DisplayName("R33: a cancel is no deadline: then join throws")
  void aCancelIsNoDeadline() {
    var ctx = root.withTimeout(SECOND);
    try (var group = on(TaskGroup.untilDeadline(ctx))) {
      group.fork("slow", Fixture::untilEnd);
      ctx.cancel();
      assertThatThrownBy(group::join).isInstanceOf(ContextCancelledException.class);
    }
  }

  @Test
  @DisplayName("R33: collecting, the owner's own cancel leaves what is there")
  void collectingAfterAnOwnCancel() throws Exception {
    try (var group = on(TaskGroup.collect(root))) {
      group.fork("slow", Fixture::untilEnd);
      group.cancel();
      assertThat(group.join()).extracting(Fork::state).containsExactly(State.CANCELLED);
    }
  }

  /** Succeeds in spite of its end, once that has come; counts {@code begun} down before. */
  private static <T> T afterTheEnd(Context ctx, CountDownLatch begun, T result)
      throws InterruptedException {
    begun.countDown();
    ctx.awaitDone();
    return result;
  }

  @Test
  @DisplayName("R33: the first success wins, also over one that comes earlier in order")
  void theFirstInTimeWins() throws Exception {
    try (TaskGroup<String, String, Exception> group =
        on(TaskGroup.<String>firstSuccess(root)).uninterrupted()) {
      var begun = new CountDownLatch(2);
      group.fork("before", c -> afterTheEnd(c, begun, "before"));
      group.fork("besides", c -> afterTheEnd(c, begun, "besides"));
      group.fork(
          "first",
          c -> {
            begun.await();
            return "first";
          });
      assertThat(group.join()).isEqualTo("first");
    }
  }

  @Test
  @DisplayName("R23, R33: a success after the end is given, the first in order of several")
  void aSuccessAfterTheEnd() throws Exception {
    var ctx = root.withCancel();
    try (TaskGroup<String, String, Exception> group =
        on(TaskGroup.<String>firstSuccess(ctx)).uninterrupted()) {
      var begun = new CountDownLatch(3);
      var failed =
          group.fork(
              "broken",
              c -> {
                afterTheEnd(c, begun, "");
                throw new IOException("refused");
              });
      group.fork("one", c -> afterTheEnd(c, begun, "one"));
      group.fork("two", c -> afterTheEnd(c, begun, "two"));
      begun.await();
      ctx.cancel();
      assertThat(group.join()).isEqualTo("one");
      assertThat(failed.state()).isEqualTo(State.FAILED);
    }
  }

  @Test
  @DisplayName("R33: without a fork nothing can succeed first")
  void noForkNoSuccess() {
    try (var group = on(TaskGroup.firstSuccess(root))) {
      assertThatThrownBy(group::join)
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("join() without a fork: nothing can succeed; fork first");
    }
  }

  @Test
  @DisplayName("R33: collecting, an end after all forks is no failure")
  void anEndAfterAllForks() throws Exception {
    var ctx = root.withCancel();
    try (var group = on(TaskGroup.collect(ctx)).uninterrupted()) {
      var begun = new CountDownLatch(1);
      group.fork("stock", c -> afterTheEnd(c, begun, "found"));
      begun.await();
      ctx.cancel();
      assertThat(group.join()).extracting(Fork::state).containsExactly(State.SUCCESS);
    }
  }

  @Test
  @DisplayName("R14, R33: a cancel that comes while a fork decides is the end that counts")
  void aCancelWhileAForkDecides() {
    var ctx = root.withCancel();
    var refused = new IOException("refused");
    try (var group = on(TaskGroup.open(ctx))) {
      group.fork(
          "fails",
          c -> {
            clock.whileTellingTheInstant(ctx::cancel);
            throw refused;
          });
      assertThatThrownBy(group::join)
          .isInstanceOf(ContextCancelledException.class)
          .hasSuppressedException(refused);
    }
  }

  @Test
  @DisplayName("R33: what says sixteen causes deep that the group has ended is a cancellation")
  void howDeepACancellationIsLookedFor() throws Exception {
    for (int depth : new int[] {15, 16}) {
      var ctx = root.withCancel();
      try (var group = on(TaskGroup.collect(ctx)).uninterrupted()) {
        var begun = new CountDownLatch(1);
        var fork =
            group.fork(
                "deep",
                c -> {
                  afterTheEnd(c, begun, "");
                  Exception failure = catchThrowableOfType(Exception.class, c::throwIfDone);
                  for (int i = 0; i < depth; i++) {
                    failure = new IOException(failure);
                  }
                  throw failure;
                });
        begun.await();
        group.cancel();
        group.join();
        assertThat(fork.state()).isEqualTo(depth < 16 ? State.CANCELLED : State.FAILED);
      }
    }
  }

  @Test
  @DisplayName("R35: what is neither an exception nor an error is thrown as the cause of one")
  void neitherExceptionNorError() {
    var odd = new Throwable("odd");
    try (var group = on(TaskGroup.open(root))) {
      group.fork("odd", c -> sneaky(odd));
      assertThatThrownBy(group::join)
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("a fork threw neither Exception nor Error")
          .hasCause(odd);
    }
  }

  @SuppressWarnings("unchecked") // it is not, which is what is tested
  private static <X extends Throwable> Void sneaky(Throwable failure) throws X {
    throw (X) failure;
  }

  @Test
  @DisplayName("R33: after the group's end another context's end is a failure like others")
  void anotherEndIsAFailure() throws Exception {
    try (var group = on(TaskGroup.collect(root)).uninterrupted()) {
      var begun = new CountDownLatch(1);
      var fork =
          group.fork(
              "stock",
              c -> {
                afterTheEnd(c, begun, "");
                root.withTimeout(Duration.ZERO).throwIfDone();
                return "";
              });
      begun.await();
      group.cancel();
      group.join();
      assertThat(fork.state()).isEqualTo(State.FAILED);
    }
  }
}
