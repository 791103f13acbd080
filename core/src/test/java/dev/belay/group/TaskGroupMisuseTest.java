package dev.belay.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.belay.ContextCancelledException;
import dev.belay.Fixture;
import dev.belay.spi.TreeInspector;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future.State;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** R35: misuse says what to do; errors are never swallowed. */
class TaskGroupMisuseTest extends GroupFixture {

  @Test
  @DisplayName("R35: a group belongs to the thread that opened it")
  void anotherThreadIsTold() throws Exception {
    try (var group = on(TaskGroup.collect(root.withName("page")))) {
      group.fork("join", c -> group.join());
      group.fork("fork", c -> group.fork("inner", d -> null));
      group.fork(
          "close",
          c -> {
            group.close();
            return null;
          });
      group.fork("limit", c -> group.limit(1));
      group.fork("uninterrupted", c -> group.uninterrupted());
      group.fork("threads", c -> group.threads(threads));
      for (var fork : group.join()) {
        assertThat(fork.failure())
            .isInstanceOf(WrongThreadException.class)
            .hasMessage(
                "%s() of group \"background/test/page\" on thread \"%s\": only thread \"%s\", which"
                        .formatted(fork.name(), fork.name(), Thread.currentThread().getName())
                    + " opened it, may call it; open a group of your own here");
      }
    }
  }

  @Test
  @DisplayName("R35: fork after join, a second join, get before join")
  void theOrderOfCalls() throws Exception {
    var group = on(TaskGroup.open(root.withName("page")));
    try (group) {
      var fork = group.fork("stock", c -> "found");
      assertThatThrownBy(fork::get)
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("get() of fork \"stock\" before join(): join its group first");
      assertThatThrownBy(() -> group.limit(3))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageStartingWith("limit(…) after the first fork: set up group");
      group.join();
      assertThatThrownBy(() -> group.fork("late", c -> null))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage(
              "fork(\"late\") after join() of group \"background/test/page\": open another group"
                  + " for more work");
      assertThatThrownBy(group::join)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("keep what the first join gave");
    }
    assertThatThrownBy(() -> group.tryFork("late", c -> null))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith("tryFork(\"late\") after close()");
    group.close();
  }

  @Test
  @DisplayName("R35: close without join is reported, with the failures that would be lost")
  void closeWithoutJoin() {
    var refused = new IOException("refused");
    var group = on(TaskGroup.open(root));
    var fork =
        group.fork(
            "stock",
            c -> {
              throw refused;
            });
    while (fork.state() == State.RUNNING) {
      Thread.onSpinWait();
    }
    assertThatThrownBy(group::close)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith("close() without join() of group \"background/test\": join it")
        .hasSuppressedException(refused);
    group.close();
  }

  @Test
  @DisplayName("R35: a group that was cancelled needs no join, and starts nothing more")
  void aCancelledGroupNeedsNoJoin() {
    try (var group = on(TaskGroup.open(root))) {
      group.fork("stock", Fixture::untilEnd);
      group.cancel();
      assertThat(group.fork("late", c -> "never").state()).isEqualTo(State.CANCELLED);
    }
  }

  @Test
  @DisplayName("R35: groups closed out of order are all closed, and that is reported")
  void closedOutOfOrder() {
    var outer = on(TaskGroup.open(root.withName("outer")));
    var inner = on(TaskGroup.open(root.withName("inner")));
    var fork = inner.fork("stock", Fixture::untilEnd);
    assertThatThrownBy(outer::close)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "group \"background/test/inner\" was not closed before group"
                + " \"background/test/outer\", which was opened earlier; it is closed now. Open"
                + " groups by try-with-resources: it closes them in order");
    assertThat(fork.state()).isEqualTo(State.CANCELLED);
    inner.close();
    assertThat(OpenGroups.innermost()).isNull();
  }

  @Test
  @DisplayName("R35: a fork that leaves a group open fails, and the group is closed")
  void aForkThatLeavesAGroupOpen() {
    var left = new Fork<?>[1];
    try (var group = on(TaskGroup.open(root))) {
      group.fork(
          "careless",
          c -> {
            left[0] = on(TaskGroup.open(c)).fork("lost", Fixture::untilEnd);
            return null;
          });
      assertThatThrownBy(group::join)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining(
              "group \"background/test/careless\" was not closed by fork \"careless\"");
      assertThat(left[0].state()).isEqualTo(State.CANCELLED);
    }
  }

  @Test
  @DisplayName("R32: nested groups: the end of the outer one reaches the forks of the inner one")
  void nestedGroups() throws Exception {
    var refused = new IOException("refused");
    var running = new CountDownLatch(1);
    try (var outer = on(TaskGroup.open(root))) {
      outer.fork(
          "nested",
          c -> {
            try (var inner = on(TaskGroup.open(c))) {
              inner.fork(
                  "deep",
                  d -> {
                    running.countDown();
                    return untilEnd(d);
                  });
              return inner.join();
            }
          });
      outer.fork(
          "fails",
          c -> {
            running.await();
            throw refused;
          });
      assertThatThrownBy(outer::join).isSameAs(refused);
      assertThat(refused.getSuppressed()).hasSize(1);
      assertThat(refused.getSuppressed()[0])
          .isInstanceOf(ContextCancelledException.class)
          .hasMessageStartingWith("cancelled because \"fails\" failed");
    }
  }

  @Test
  @DisplayName("R35: an error goes before every outcome")
  void errorsPropagate() throws Exception {
    var error = new StackOverflowError();
    try (var group = on(TaskGroup.collect(root))) {
      var other = group.fork("slow", Fixture::untilEnd);
      group.fork(
          "broken",
          c -> {
            throw error;
          });
      assertThatThrownBy(group::join).isSameAs(error);
      assertThat(other.state()).isEqualTo(State.CANCELLED);
    }
    try (var group = on(TaskGroup.firstSuccess(root))) {
      var begun = new CountDownLatch(1);
      var won = new CountDownLatch(1);
      group.fork(
          "broken",
          c -> {
            begun.countDown();
            while (won.getCount() > 0) { // not to be interrupted by the winner
              Thread.onSpinWait();
            }
            throw error;
          });
      group.fork(
          "fast",
          c -> {
            begun.await();
            won.countDown();
            return "found";
          });
      assertThatThrownBy(group::join).isSameAs(error);
    }
  }

  @Test
  @DisplayName("R35: an error is thrown by close if there was no join")
  void anErrorWithoutJoin() {
    var error = new StackOverflowError();
    var group = on(TaskGroup.open(root));
    var fork =
        group.fork(
            "broken",
            c -> {
              throw error;
            });
    while (fork.state() == State.RUNNING) {
      Thread.onSpinWait();
    }
    group.cancel();
    assertThatThrownBy(group::close).isSameAs(error);
  }

  @Test
  @DisplayName("R15, R35: null and settings that cannot work are refused, and nothing is left")
  void badArguments() {
    assertThatThrownBy(() -> on(TaskGroup.open(null)))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("context is null: pass Context.todo() if you do not know which");
    assertThatThrownBy(() -> on(TaskGroup.open(root)).limit(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("limit is 0: with less than 1 no fork could ever run");
    assertThatThrownBy(() -> on(TaskGroup.open(root)).threads(null))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("threads is null: leave it out for virtual threads");
    assertThat(OpenGroups.innermost()).isNull();
    try (var group = on(TaskGroup.open(root))) {
      assertThatThrownBy(() -> group.fork(null, c -> null))
          .hasMessage("name is null: a fork has a name, for messages and the live tree");
      assertThatThrownBy(() -> group.fork("stock", null))
          .hasMessage("body is null: pass what to run");
    }
    assertThatThrownBy(() -> TaskGroup.stream(root, java.util.List.of(), 0, (c, item) -> item))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  @DisplayName("R35: a thread that cannot be had is the owner's failure, and takes no slot")
  void aThreadThatCannotBeHad() throws Exception {
    try (var group = on(TaskGroup.open(root)).limit(1).threads(task -> null)) {
      for (int i = 0; i < 3; i++) {
        assertThat(catchThrowable(() -> group.fork("stock", c -> null)))
            .isInstanceOf(RejectedExecutionException.class);
      }
      assertThat(TreeInspector.live(group.context())).isEmpty();
      assertThat(group.join()).isEmpty();
    }
  }

  @Test
  @DisplayName("R35: what a group is set up with cannot be changed after the first fork")
  void settingsComeFirst() throws Exception {
    try (var group = on(TaskGroup.open(root))) {
      group.fork("stock", c -> null);
      assertThatThrownBy(group::uninterrupted).hasMessageStartingWith("uninterrupted(…) after");
      assertThatThrownBy(() -> group.threads(Thread.ofVirtual().factory()))
          .hasMessageStartingWith("threads(…) after the first fork");
      group.join();
    }
  }

  @Test
  @DisplayName("R35: cancel belongs to the owner, and join to before the close")
  void cancelAndJoin() throws Exception {
    var group = on(TaskGroup.collect(root.withName("page")));
    var fork =
        group.fork(
            "cancel",
            c -> {
              group.cancel();
              return null;
            });
    group.join();
    assertThat(fork.failure()).isInstanceOf(WrongThreadException.class);
    assertThat(fork).hasToString("fork \"cancel\" FAILED");
    assertThat(group).hasToString("group \"background/test/page\"");
    assertThatThrownBy(fork::get)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("fork \"cancel\" failed: look at state() or failure() first")
        .hasCause(fork.failure());
    group.close();
    assertThatThrownBy(group::join).hasMessageStartingWith("join() after close() of group");
  }

  @Test
  @DisplayName("R35: a fork that fails and leaves groups open carries their failures")
  void aForkThatFailsAndLeavesGroupsOpen() {
    var refused = new IOException("refused");
    var bug = new IllegalStateException("bug");
    try (var group = on(TaskGroup.open(root))) {
      group.fork(
          "careless",
          c -> {
            for (int i = 0; i < 2; i++) {
              var lost =
                  on(TaskGroup.open(c))
                      .fork(
                          "lost",
                          d -> {
                            throw refused;
                          });
              while (lost.state() == State.RUNNING) {
                Thread.onSpinWait();
              }
            }
            throw bug;
          });
      assertThatThrownBy(group::join).isSameAs(bug);
      assertThat(bug.getSuppressed()).containsExactly(refused, refused);
    }
  }

  @Test
  @DisplayName("R35: a fork that runs has no failure yet")
  void nothingIsToldOfARunningFork() throws Exception {
    var go = new CountDownLatch(1);
    try (var group = on(TaskGroup.collect(root))) {
      var fork =
          group.fork(
              "fails",
              c -> {
                go.await();
                throw new IOException("refused");
              });
      assertThat(fork.failure()).isNull();
      assertThat(fork.state()).isEqualTo(State.RUNNING);
      go.countDown();
      group.join();
      assertThat(fork.failure()).hasMessage("refused");
    }
  }

  @Test
  @DisplayName("R35: a group may be closed while one that was opened earlier is forgotten")
  void anInnerGroupIsClosedFirst() {
    var outer = on(TaskGroup.open(root));
    var inner = on(TaskGroup.open(root));
    inner.close();
    assertThat(OpenGroups.innermost()).isSameAs(outer);
    outer.close();
    assertThat(OpenGroups.innermost()).isNull();
  }

  @Test
  @DisplayName("R35: a group that is refused while a later one is open is forgotten with it")
  void aGroupIsRefusedWhileALaterOneIsOpen() {
    var outer = on(TaskGroup.open(root));
    var inner = on(TaskGroup.open(root));
    assertThatThrownBy(() -> outer.limit(0)).isInstanceOf(IllegalArgumentException.class);
    assertThat(OpenGroups.innermost()).isSameAs(inner);
    inner.close();
    assertThat(OpenGroups.innermost()).isNull();
  }
}
