package dev.belay.group;

import dev.belay.Ending;
import dev.belay.Status;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Future.State;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What decides a group before all its forks have ended, and what its join gives (R33). */
abstract sealed class Policy<
    T extends @Nullable Object, R extends @Nullable Object, X extends Exception> {

  /** Whether {@code fork}, which has just ended, makes the others needless. On its thread. */
  abstract boolean decides(ForkTask<?> fork);

  /** How a message goes on after the name of a fork that has decided and did not fail. */
  String decided() {
    return " succeeded first";
  }

  /** What {@code join} gives. All forks have ended, and none threw an error. */
  abstract R outcome(Forks<T> forks) throws X;

  /** Whether the caller gets all forks, and so all results. */
  boolean givesForks() {
    return false;
  }

  /** Marks the results as given away, and gives them. */
  static <T extends @Nullable Object> List<T> taken(
      Iterable<? extends ForkTask<? extends T>> forks) {
    var results = new ArrayList<T>();
    for (ForkTask<? extends T> fork : forks) {
      fork.taken = true;
      results.add(fork.result());
    }
    return Collections.unmodifiableList(results);
  }

  /** Every fork must succeed; the first failure cancels the rest. */
  static final class AllSucceed<T extends @Nullable Object> extends Policy<T, List<T>, Exception> {
    @Override
    boolean decides(ForkTask<?> fork) {
      return fork.state() == State.FAILED;
    }

    @Override
    List<T> outcome(Forks<T> forks) throws Exception {
      forks.throwDecider();
      if (forks.all().stream().anyMatch(fork -> fork.state() != State.SUCCESS)) {
        throw forks.endedException();
      }
      return taken(forks.all());
    }
  }

  /** The first {@code wanted} successes cancel the rest; they are given in that order. */
  abstract static sealed class Successes<T extends @Nullable Object, R extends @Nullable Object>
      extends Policy<T, R, Exception> {
    private final int wanted;
    private final AtomicInteger succeeded = new AtomicInteger();

    Successes(int wanted) {
      this.wanted = wanted;
    }

    @Override
    boolean decides(ForkTask<?> fork) {
      return fork.state() == State.SUCCESS && succeeded.incrementAndGet() == wanted;
    }

    /** The first ones; an exception if there are fewer. */
    List<T> first(Forks<T> forks) throws Exception {
      List<ForkTask<? extends T>> successes = forks.successes();
      if (successes.size() >= wanted) {
        return taken(successes.subList(0, wanted));
      }
      if (forks.all().isEmpty()) {
        throw new IllegalStateException("join() without a fork: nothing can succeed; fork first");
      }
      if (forks.all().size() < wanted) {
        throw new IllegalStateException(
            "join() with %d forks: %d cannot succeed; fork more first"
                .formatted(forks.all().size(), wanted));
      }
      if (forks.scope.ending() != null) {
        throw forks.endedException();
      }
      throw forks.firstFailure();
    }
  }

  /** The first success cancels the rest. */
  static final class FirstSuccess<T extends @Nullable Object> extends Successes<T, T> {
    FirstSuccess() {
      super(1);
    }

    @Override
    T outcome(Forks<T> forks) throws Exception {
      return first(forks).getFirst();
    }
  }

  /** The first n successes cancel the rest. */
  static final class FirstSuccesses<T extends @Nullable Object> extends Successes<T, List<T>> {
    FirstSuccesses(int wanted) {
      super(wanted);
    }

    @Override
    String decided() {
      return " was the last success needed";
    }

    @Override
    List<T> outcome(Forks<T> forks) throws Exception {
      return first(forks);
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
    boolean givesForks() {
      return true;
    }

    @Override
    List<Fork<? extends T>> outcome(Forks<T> forks) {
      Ending ending = forks.scope.ending();
      boolean here =
          ending == null
              || forks.isCancelledByOwner()
              || (untilDeadline && ending.status() == Status.DEADLINE_EXCEEDED);
      if (!here && forks.all().stream().anyMatch(fork -> fork.state() == State.CANCELLED)) {
        throw forks.endedException();
      }
      return List.copyOf(forks.all());
    }
  }

  /** A test of the caller's decides; failures are results like others. */
  static final class Until<T extends @Nullable Object>
      extends Policy<T, List<Fork<? extends T>>, RuntimeException> {
    private final Predicate<? super Fork<? extends T>> enough;
    private volatile @Nullable Throwable failure;

    Until(Predicate<? super Fork<? extends T>> enough) {
      this.enough = enough;
    }

    /** A condition that throws decides, too: join throws what it threw. */
    @Override
    @SuppressWarnings("unchecked") // the forks of this group
    boolean decides(ForkTask<?> fork) {
      try {
        return enough.test((ForkTask<? extends T>) fork);
      } catch (Throwable e) {
        failure = e;
        return true;
      }
    }

    @Override
    String decided() {
      return " was enough";
    }

    @Override
    boolean givesForks() {
      return true;
    }

    @Override
    List<Fork<? extends T>> outcome(Forks<T> forks) {
      Throwable thrown = failure;
      if (thrown != null) {
        throw forks.carrying(
            new IllegalStateException("the group's condition threw " + thrown, thrown));
      }
      boolean decided = forks.decider() != null || forks.isCancelledByOwner();
      if (!decided && forks.scope.ending() != null) {
        throw forks.endedException();
      }
      return List.copyOf(forks.all());
    }
  }
}
