package dev.belay;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Future.State;
import org.jspecify.annotations.Nullable;

/** What decides a group before all its forks have ended, and what its join gives (R33). */
abstract sealed class Policy<
    T extends @Nullable Object, R extends @Nullable Object, X extends Exception> {

  /** Whether {@code fork}, which has just ended, makes the others needless. On its thread. */
  abstract boolean decides(ForkTask<?> fork);

  /** What {@code join} gives. All forks have ended, and none threw an error. */
  abstract R outcome(Forks<T> forks) throws X;

  /** Every fork must succeed; the first failure cancels the rest. */
  static final class AllSucceed<T extends @Nullable Object> extends Policy<T, List<T>, Exception> {
    @Override
    boolean decides(ForkTask<?> fork) {
      return fork.state() == State.FAILED;
    }

    @Override
    List<T> outcome(Forks<T> forks) throws Exception {
      forks.throwDecider();
      var results = new ArrayList<T>();
      for (ForkTask<? extends T> fork : forks.all()) {
        if (fork.state() != State.SUCCESS) {
          throw forks.endedException();
        }
        results.add(fork.result());
      }
      return Collections.unmodifiableList(results);
    }
  }

  /** The first success cancels the rest. */
  static final class FirstSuccess<T extends @Nullable Object> extends Policy<T, T, Exception> {
    @Override
    boolean decides(ForkTask<?> fork) {
      return fork.state() == State.SUCCESS;
    }

    @Override
    T outcome(Forks<T> forks) throws Exception {
      ForkTask<? extends T> winner = forks.winner();
      if (winner != null) {
        return winner.result();
      }
      if (forks.all().isEmpty()) {
        throw new IllegalStateException("join() without a fork: nothing can succeed; fork first");
      }
      if (forks.scope.ended() != null) {
        throw forks.endedException();
      }
      throw forks.firstFailure();
    }
  }

  /** Failures are results like others; nothing but an error cancels the rest. */
  static final class Collect<T extends @Nullable Object>
      extends Policy<T, List<Fork<? extends T>>, RuntimeException> {
    private final boolean untilDeadline;

    Collect(boolean untilDeadline) {
      this.untilDeadline = untilDeadline;
    }

    @Override
    boolean decides(ForkTask<?> fork) {
      return false;
    }

    @Override
    List<Fork<? extends T>> outcome(Forks<T> forks) {
      Ending ending = forks.scope.ended();
      boolean here =
          ending == null
              || forks.cancelledByOwner(ending)
              || (untilDeadline && ending.status() == Status.DEADLINE_EXCEEDED);
      if (!here && forks.all().stream().anyMatch(fork -> fork.state() == State.CANCELLED)) {
        throw forks.endedException();
      }
      return List.copyOf(forks.all());
    }
  }
}
