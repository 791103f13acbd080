package dev.belay.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.concurrent.Future.State;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** R33: the first n successes, and a test of the caller's own. */
class TaskGroupQuorumTest extends GroupFixture {
  @Test
  @DisplayName(
      "R33: too few successes: the first failure in order, also after a fork that succeeded")
  void tooFewSuccesses() throws Exception {
    var first = new IOException("first");
    var second = new IOException("second");
    try (var group = on(TaskGroup.<String>firstSuccesses(root, 2))) {
      group.fork("succeeds", c -> "a");
      group.fork(
          "fails",
          c -> {
            throw first;
          });
      group.fork(
          "fails too",
          c -> {
            throw second;
          });
      assertThatThrownBy(group::join).isSameAs(first).hasSuppressedException(second);
    }
  }

  @Test
  @DisplayName("R33: a test of one's own may read the result of a fork before the join")
  void aTestMayReadResults() throws Exception {
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
}
