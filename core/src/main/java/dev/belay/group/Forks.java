package dev.belay.group;

import dev.belay.CancellableContext;
import dev.belay.Context;
import dev.belay.ContextCallable;
import dev.belay.ContextEndedException;
import dev.belay.kernel.Handles;
import dev.belay.kernel.Kernel;
import dev.belay.kernel.Names;
import dev.belay.spi.TimeSource;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Future.State;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The forks of one group and the context they run under. The owner's thread starts them, waits for
 * them and reads the list; a fork's thread notes that it has ended, and may decide the group. The
 * argument for the hand-overs is in {@code docs/design/synchronization.md}.
 */
final class Forks<T extends @Nullable Object> {
  private static final VarHandle RUNNING = Handles.of(MethodHandles.lookup(), "running", int.class);

  /** Makes threads that inherit nothing of their parent (R39), and run their task. */
  private static final ThreadFactory OWN = Forks::virtual;

  final CancellableContext scope;
  private final Policy<T, ?, ?> policy;
  private final Thread owner = Thread.currentThread();

  // Set by the owner before the first fork:
  boolean interrupting = true;
  ThreadFactory threads = OWN;

  /** In the order they were forked; the owner's. */
  private final ArrayDeque<ForkTask<? extends T>> all = new ArrayDeque<>();

  /** In the order in which they ended. */
  private final ConcurrentLinkedQueue<ForkTask<?>> ended = new ConcurrentLinkedQueue<>();

  /** Those of them that the owner has not read. */
  final ConcurrentLinkedQueue<ForkTask<?>> unread = new ConcurrentLinkedQueue<>();

  private volatile int running;
  private volatile boolean joined;

  /** The fork that has ended the scope; written once, by that fork's thread before it ends. */
  private @Nullable ForkTask<?> decider;

  /** Whether the owner itself has ended the scope. */
  private boolean cancelledByOwner;

  Forks(Context ctx, Policy<T, ?, ?> policy) {
    this.scope = ctx.withCancel();
    this.policy = policy;
  }

  private static Thread virtual(Runnable task) {
    Thread thread = Thread.ofVirtual().inheritInheritableThreadLocals(false).unstarted(task);
    thread.setContextClassLoader(Forks.class.getClassLoader());
    return thread;
  }

  TimeSource time() {
    return Kernel.get().time(scope);
  }

  String path() {
    return Kernel.get().path(scope);
  }

  // ---- the owner's side

  <U extends T> ForkTask<U> start(String name, ContextCallable<? extends U, ?> body) {
    var fork = new ForkTask<U>(this, name, body);
    if (scope.isDone()) {
      fork.skip();
      unread.add(fork);
    } else {
      start(fork);
    }
    all.add(fork);
    return fork;
  }

  private void start(ForkTask<?> fork) {
    boolean counted = false;
    boolean started = false;
    try {
      Thread thread = made(fork);
      thread.setName(Names.shown(fork.name()));
      fork.thread = thread;
      RUNNING.getAndAdd(this, 1);
      counted = true;
      fork.arm();
      time().starting(thread);
      thread.start();
      if (!OWN.equals(threads)) {
        requireStarted(thread, fork);
        fork.watch(thread);
      }
      started = true;
    } finally {
      if (!started) {
        giveUp(fork, counted);
      }
    }
  }

  /** Unless a thread runs the body all the same: that one counts itself out. */
  private void giveUp(ForkTask<?> fork, boolean counted) {
    fork.thread = null;
    if (!counted) {
      fork.skip();
    } else if (fork.disarm()) {
      RUNNING.getAndAdd(this, -1);
      fork.skip();
    }
  }

  private Thread made(ForkTask<?> fork) {
    Thread thread = threads.newThread(fork.carried());
    if (thread == null) {
      throw new RejectedExecutionException(
          "the thread factory gave no thread for " + fork + ": give the group one that does");
    }
    if (thread.getState() != Thread.State.NEW) {
      throw new RejectedExecutionException(
          "the thread factory gave a started thread for " + fork + ": it must not start it");
    }
    return thread;
  }

  private static void requireStarted(Thread thread, ForkTask<?> fork) {
    if (thread.getState() == Thread.State.NEW) {
      throw new RejectedExecutionException(
          "the thread factory gave a thread that does not start for " + fork);
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
    ended.clear();
    unread.clear();
  }

  void cancel(@Nullable Throwable cause) {
    cancelledByOwner |= Kernel.get().cancel(scope, cause, null);
  }

  boolean isCancelledByOwner() {
    return cancelledByOwner;
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
          fork.awaitGone();
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

  /** Whether the calling thread has opened the group. */
  boolean isOwner() {
    return owner.equals(Thread.currentThread());
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
      ended.add(fork);
      unread.add(fork);
      if (policy.decides(fork) || fork.failure() instanceof Error) {
        decide(fork);
      }
    } finally {
      RUNNING.getAndAdd(this, -1);
      LockSupport.unpark(owner);
    }
  }

  /** Ends the scope, unless it has ended: only the first end counts (R2, R14). */
  private void decide(ForkTask<?> fork) {
    Throwable failure = fork.failure();
    String because = "cancelled because " + Names.quoted(fork.name());
    String story = because + (failure == null ? policy.decided() : " failed");
    if (Kernel.get().cancel(scope, failure, story)) {
      decider = fork;
    }
  }

  // ---- the outcome; the owner's, when all have ended

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

  /** Those that have succeeded: in the order of their ends, or of the forks if none has decided. */
  @SuppressWarnings("unchecked") // the forks of this group
  List<ForkTask<? extends T>> successes() {
    var successes = new ArrayList<ForkTask<? extends T>>();
    for (ForkTask<?> fork : decider == null ? all : ended) {
      if (fork.state() == State.SUCCESS) {
        successes.add((ForkTask<? extends T>) fork);
      }
    }
    return successes;
  }

  @Nullable ForkTask<?> decider() {
    return decider;
  }

  /** That of the first fork in order that has failed, when too few have succeeded. */
  Exception firstFailure() {
    return exception(failures().getFirst());
  }

  /** For what is left undone because the context of the group has ended. */
  ContextEndedException endedException() {
    try {
      scope.throwIfDone();
    } catch (ContextEndedException e) {
      return carrying(e);
    }
    throw new IllegalStateException("still active: " + scope);
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
