package dev.belay;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Future.State;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The forks of one group and the context they run under. The owner's thread starts them, waits for
 * them and reads the list; a fork's thread says that it has ended, and may decide the group. The
 * argument for the hand-overs is in {@code docs/design/synchronization.md}.
 */
final class Forks<T extends @Nullable Object> {
  private static final VarHandle RUNNING;

  static {
    try {
      RUNNING = MethodHandles.lookup().findVarHandle(Forks.class, "running", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  final CancelContext scope;
  private final Policy<T, ?, ?> policy;
  private final Thread owner = Thread.currentThread();

  // Set by the owner before the first fork:
  boolean interrupting = true;
  ThreadFactory threads = Thread.ofVirtual().factory();

  /** In the order they were forked; the owner's. */
  private final ArrayDeque<ForkTask<? extends T>> all = new ArrayDeque<>();

  private volatile int running;
  private volatile boolean joined;

  /** The fork that has ended the scope; written once, by that fork's thread before it ends. */
  private @Nullable ForkTask<?> decider;

  /** The end that the owner itself has brought about. */
  private @Nullable Ending cancelled;

  Forks(AbstractContext ctx, Policy<T, ?, ?> policy) {
    this.scope = CancelContext.below(ctx);
    this.policy = policy;
  }

  // ---- the owner's side

  <U extends T> ForkTask<U> start(String name, ContextCallable<? extends U, ?> body) {
    var fork = new ForkTask<U>(this, name, body);
    if (scope.detect() != null) {
      fork.skip();
    } else {
      start(fork);
    }
    all.add(fork);
    return fork;
  }

  private void start(ForkTask<?> fork) {
    boolean started = false;
    RUNNING.getAndAdd(this, 1);
    try {
      Thread thread = threads.newThread(fork);
      if (thread == null) {
        throw new RejectedExecutionException(
            "the thread factory gave no thread for " + fork + ": give the group one that does");
      }
      thread.setName(Names.shown(fork.name()));
      fork.thread = thread;
      thread.start();
      started = true;
    } finally {
      if (!started) {
        RUNNING.getAndAdd(this, -1);
        fork.thread = null;
        fork.skip();
      }
    }
  }

  int running() {
    return running;
  }

  Collection<ForkTask<? extends T>> all() {
    return all;
  }

  @Nullable ForkTask<? extends T> first() {
    return all.peekFirst();
  }

  /** Takes the first fork out: its result was given away. */
  void forgetFirst() {
    all.removeFirst();
  }

  void cancel(Throwable cause) {
    if (scope.detect() == null) {
      cancelled = Ending.cancelled(scope, cause);
      scope.end(cancelled);
    }
  }

  @SuppressWarnings("ReferenceEquality") // the very end
  boolean cancelledByOwner(Ending ending) {
    return ending == cancelled;
  }

  void join() throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    new OwnerWait(this).until(() -> running == 0);
  }

  /** Cancels what runs and waits until its threads are gone, whatever interrupts come. */
  void shut() {
    scope.close();
    boolean interrupted = false;
    for (boolean over = false; !over; ) {
      try {
        new OwnerWait(this).until(() -> running == 0);
        for (ForkTask<?> fork : all) {
          if (fork.thread != null) {
            fork.thread.join();
          }
        }
        over = true;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  boolean joined() {
    return joined;
  }

  void setJoined() {
    joined = true;
  }

  // ---- a fork's side

  void ended(ForkTask<?> fork) {
    try {
      if (policy.decides(fork) || fork.failure() instanceof Error) {
        decide(fork);
      }
    } finally {
      RUNNING.getAndAdd(this, -1);
      LockSupport.unpark(owner);
    }
  }

  /** Ends the scope, unless it has ended: only the first end counts (R2, R14). */
  @SuppressWarnings("ReferenceEquality") // the very end
  private void decide(ForkTask<?> fork) {
    if (scope.detect() != null) {
      return;
    }
    Throwable failure = fork.failure();
    String who = "cancelled because " + Names.quoted(fork.name());
    Ending ending =
        failure == null
            ? Ending.decided(scope, BuiltInCause.CANCELLED, who + " succeeded first")
            : Ending.decided(scope, failure, who + " failed");
    scope.end(ending);
    if (scope.ended() == ending) {
      decider = fork;
    }
  }

  // ---- what has come of it; the owner's, when all have ended

  /** An error that a fork threw goes before every outcome (R35). */
  void throwError() {
    for (ForkTask<?> fork : all) {
      if (fork.failure() instanceof Error error) {
        throw carrying(error);
      }
    }
  }

  void throwDecider() throws Exception {
    if (decider != null) {
      throw exception(decider.failure());
    }
  }

  /** The first to succeed, or the first in order of those that did so after the end. */
  @SuppressWarnings("ReferenceEquality") // the very fork
  @Nullable ForkTask<? extends T> winner() {
    ForkTask<? extends T> winner = null;
    for (ForkTask<? extends T> fork : all) {
      if (fork == decider || (winner == null && fork.state() == State.SUCCESS)) {
        winner = fork;
      }
    }
    return winner;
  }

  /** That of the first fork in order, when all have failed. */
  Exception firstFailure() {
    return exception(all.getFirst().failure());
  }

  /** For what is left undone because the context of the group has ended. */
  ContextEndedException endedException() {
    return carrying(scope.endedWith(null));
  }

  /** The real failures, then the cancellations. */
  List<Throwable> failures() {
    var failures = new ArrayList<Throwable>();
    for (State state : List.of(State.FAILED, State.CANCELLED)) {
      for (ForkTask<?> fork : all) {
        Throwable failure = fork.failure();
        if (failure != null && fork.state() == state) {
          failures.add(failure);
        }
      }
    }
    return failures;
  }

  private Exception exception(@Nullable Throwable failure) {
    return carrying(
        failure instanceof Exception e
            ? e
            : new IllegalStateException("a fork threw neither Exception nor Error", failure));
  }

  /** {@code first}, which carries the other failures as suppressed ones. */
  @SuppressWarnings("ReferenceEquality") // an exception must not suppress itself
  <E extends Throwable> E carrying(E first) {
    for (Throwable other : failures()) {
      if (other != first) {
        first.addSuppressed(other);
      }
    }
    return first;
  }
}
