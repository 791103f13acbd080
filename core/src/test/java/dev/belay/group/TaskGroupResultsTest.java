package dev.belay.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future.State;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** R33: the first n successes, a condition, results as they come, and results not taken. */
class TaskGroupResultsTest extends GroupFixture {
  /** A result that counts how often it was closed. */
  private static final class Resource implements AutoCloseable {
    final AtomicInteger closed = new AtomicInteger();

    @Override
    public void close() {
      closed.incrementAndGet();
    }
  }

  @Test
  @DisplayName(
      "R33: the first n successes cancel the rest and come in the order in which they came")
  void theFirstSuccesses() throws Exception {
    var second = new CountDownLatch(1);
    try (TaskGroup<String, List<String>, Exception> group = on(TaskGroup.firstSuccesses(root, 2))) {
      var slow = group.fork("slow", c -> untilEnd(c));
      var after =
          group.fork(
              "a",
              c -> {
                second.await();
                return "a";
              });
      group.fork(
          "fails",
          c -> {
            throw new IOException("refused");
          });
      var before = group.fork("b", c -> "b");
      awaitUntil(() -> before.state() == State.SUCCESS);
      second.countDown();
      assertThat(group.join()).containsExactly("b", "a");
      assertThat(after.state()).isEqualTo(State.SUCCESS);
      assertThat(slow.state()).isEqualTo(State.CANCELLED);
    }
  }

  @Test
  @DisplayName("R33: too few successes throw the first failure, with the others as suppressed ones")
  void tooFewSuccesses() {
    assertThatThrownBy(
            () -> {
              try (TaskGroup<String, List<String>, Exception> group =
                  on(TaskGroup.firstSuccesses(root, 2))) {
                group.fork("ok", c -> "ok");
                group.fork(
                    "one",
                    c -> {
                      throw new IOException("one");
                    });
                group.fork(
                    "two",
                    c -> {
                      throw new IOException("two");
                    });
                group.join();
              }
            })
        .isInstanceOf(IOException.class)
        .hasMessage("one")
        .satisfies(
            e -> assertThat(e.getSuppressed()).extracting(Throwable::getMessage).contains("two"));
    assertThatThrownBy(() -> TaskGroup.firstSuccesses(root, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("wanted is 0");
  }

  @Test
  @DisplayName("R33: two of three replicas are enough")
  void twoOfThree() throws Exception {
    var agreed = new AtomicInteger();
    try (TaskGroup<String, List<Fork<? extends String>>, RuntimeException> group =
        on(
            TaskGroup.until(
                root, f -> f.state() == State.SUCCESS && agreed.incrementAndGet() >= 2))) {
      group.fork("a", c -> "a");
      group.fork("b", c -> untilEnd(c));
      group.fork("c", c -> "c");
      assertThat(group.join())
          .extracting(Fork::state)
          .containsExactly(State.SUCCESS, State.CANCELLED, State.SUCCESS);
    }
  }

  @Test
  @DisplayName("R33: a condition may read the result of a fork before the join")
  void aConditionMayReadResults() throws Exception {
    try (var group =
        on(
            TaskGroup.<Integer>until(
                root, fork -> fork.state() == State.SUCCESS && fork.get() == 2))) {
      group.fork("one", c -> 1);
      var waits =
          group.fork(
              "waits",
              c -> {
                c.awaitDone();
                c.throwIfDone();
                return 0;
              });
      group.fork("two", c -> 2);
      assertThat(group.join()).hasSize(3);
      assertThat(waits.state()).isEqualTo(State.CANCELLED);
    }
  }

  @Test
  @DisplayName("R40: a condition that throws decides, and join says what it threw")
  void aConditionThatThrows() {
    var fault = new IllegalArgumentException("broken condition");
    assertThatThrownBy(
            () -> {
              try (TaskGroup<String, List<Fork<? extends String>>, RuntimeException> group =
                  on(
                      TaskGroup.until(
                          root,
                          f -> {
                            throw fault;
                          }))) {
                group.fork("a", c -> "a");
                group.fork("b", c -> untilEnd(c));
                group.join();
              }
            })
        .isInstanceOf(IllegalStateException.class)
        .hasCause(fault);
  }

  @Test
  @DisplayName("R33: next gives the forks in the order in which they end, then null")
  void resultsAsTheyCome() throws Exception {
    var first = new CountDownLatch(1);
    try (TaskGroup<String, List<String>, Exception> group = on(TaskGroup.open(root))) {
      group.fork(
          "late",
          c -> {
            first.await();
            return "late";
          });
      group.fork("early", c -> "early");
      Fork<String> early = group.next();
      assertThat(early.name()).isEqualTo("early");
      first.countDown();
      assertThat(group.next().name()).isEqualTo("late");
      assertThat(group.next()).isNull();
      assertThat(group.join()).containsExactly("late", "early");
    }
  }

  @Test
  @DisplayName("R33: what the losers gave is closed, once; what the winner gave is not")
  void whatLostIsClosed() throws Exception {
    var winner = new Resource();
    var loser = new Resource();
    var begun = new CountDownLatch(1);
    try (TaskGroup<Resource, Resource, Exception> group = on(TaskGroup.firstSuccess(root))) {
      group.fork(
          "loser",
          c -> {
            c.runShielded(
                SECOND,
                s -> {
                  begun.countDown();
                  group.context().awaitDone();
                });
            return loser;
          });
      group.fork(
          "winner",
          c -> {
            begun.await();
            return winner;
          });
      assertThat(group.join()).isSameAs(winner);
    }
    assertThat(winner.closed).hasValue(0);
    assertThat(loser.closed).hasValue(1);
  }

  @Test
  @DisplayName("R33: results of a group that failed, or was never joined, go to the closer")
  void whatIsNotTakenIsDiscarded() {
    List<String> discarded = new ArrayList<>();
    assertThatThrownBy(
            () -> {
              try (TaskGroup<String, List<String>, Exception> group =
                  on(TaskGroup.<String>open(root)).discarding(discarded::add)) {
                var ready = group.fork("ready", c -> "ready");
                awaitUntil(() -> ready.state() == State.SUCCESS);
                group.fork(
                    "fails",
                    c -> {
                      throw new IOException("refused");
                    });
                group.join();
              }
            })
        .hasMessage("refused");
    assertThat(discarded).containsExactly("ready");
    discarded.clear();
    try (TaskGroup<String, List<String>, Exception> group =
        on(TaskGroup.<String>open(root)).discarding(discarded::add)) {
      var ready = group.fork("ready", c -> "unjoined");
      awaitUntil(() -> ready.state() == State.SUCCESS);
      group.cancel();
    }
    assertThat(discarded).containsExactly("unjoined");
  }

  @Test
  @DisplayName("R33: map closes the results it has when an item fails")
  void mapClosesWhatItDrops() {
    var made = new Resource();
    var done = new CountDownLatch(1);
    assertThatThrownBy(
            () ->
                TaskGroup.map(
                    root,
                    List.of(1, 2),
                    2,
                    (c, i) -> {
                      if (i == 1) {
                        done.countDown();
                        return made;
                      }
                      done.await();
                      throw new IOException("second item");
                    }))
        .hasMessage("second item");
    assertThat(made.closed).hasValue(1);
  }

  @Test
  @DisplayName(
      "R40: a thread factory that gives a started thread is refused, and nothing runs twice")
  void aStartedThread() {
    var runs = new AtomicInteger();
    assertThatThrownBy(
            () -> {
              try (TaskGroup<String, List<String>, Exception> group =
                  TaskGroup.<String>open(root).threads(task -> Thread.ofVirtual().start(task))) {
                group.fork("a", c -> "run " + runs.incrementAndGet());
                group.join();
              }
            })
        .hasMessageContaining("started");
    assertThat(runs).hasValue(0);
  }

  @Test
  @DisplayName("R40: a fork whose thread ends without having run it has failed")
  void aThreadThatDoesNotRunItsTask() {
    ThreadFactory dropping = task -> threads.newThread(() -> {});
    var runs = new AtomicInteger();
    assertThatThrownBy(
            () -> {
              try (TaskGroup<String, List<String>, Exception> group =
                  TaskGroup.<String>open(root).threads(dropping)) {
                group.fork("a", c -> "run " + runs.incrementAndGet());
                group.join();
              }
            })
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith("the thread of fork \"a\" ended without running it");
    assertThat(runs).hasValue(0);
  }

  @Test
  @DisplayName("R40: a fork whose task runs later, on another thread, does not run")
  void aTaskThatIsKeptForLater() throws Exception {
    var kept = new AtomicReference<Runnable>();
    ThreadFactory keeping = task -> threads.newThread(() -> kept.set(task));
    var runs = new AtomicInteger();
    try (var group = TaskGroup.<Integer>collect(root).threads(keeping)) {
      group.fork("a", c -> runs.incrementAndGet());
      assertThat(group.join()).singleElement().extracting(Fork::state).isEqualTo(State.FAILED);
    }
    kept.get().run();
    assertThat(runs).hasValue(0);
  }

  @Test
  @DisplayName("R40: a thread factory whose thread does not start is refused")
  void aThreadThatDoesNotStart() {
    ThreadFactory idle =
        task ->
            new Thread(task) {
              @Override
              public void start() {}
            };
    assertThatThrownBy(
            () -> {
              try (TaskGroup<String, List<String>, Exception> group =
                  TaskGroup.<String>open(root).threads(idle)) {
                group.fork("a", c -> "never");
              }
            })
        .isInstanceOf(RejectedExecutionException.class)
        .hasMessageStartingWith("the thread factory gave a thread that does not start for fork");
  }
}
