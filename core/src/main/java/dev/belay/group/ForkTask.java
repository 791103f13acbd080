package dev.belay.group;

import dev.belay.CancellableContext;
import dev.belay.Context;
import dev.belay.ContextCallable;
import dev.belay.ContextEndedException;
import dev.belay.Ending;
import dev.belay.kernel.Kernel;
import dev.belay.kernel.Names;
import dev.belay.spi.Causes;
import dev.belay.spi.ContextCarriers;
import dev.belay.spi.HelperThread;
import java.util.concurrent.Future.State;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One fork: its thread's task, and its outcome. It inherits the group's context, as a named child,
 * and what carriers have captured; its thread inherits nothing else, see {@link Forks#virtual}.
 * Everything but {@link #state} is written before the state is, by the fork's own thread, and read
 * after.
 */
final class ForkTask<T extends @Nullable Object> implements Fork<T>, Runnable {

  /** How long it takes at most to see that a foreign thread has ended without a word. */
  private static final long RECHECK_NANOS = 1_000_000_000;

  private final Forks<?> forks;
  private final String name;
  private final ContextCallable<? extends T, ?> body;

  /** Under the group's, with this fork's name; closed when the body has returned. */
  private final CancellableContext ctx;

  /** Set before the thread starts; null if the group had ended before. */
  @Nullable Thread thread;

  /** Sees {@link #thread} end, where a foreign factory has made it; null otherwise. */
  private @Nullable Thread watch;

  /**
   * Set once the thread may run the body: a thread that the factory has started by itself may not.
   */
  private final AtomicBoolean armed = new AtomicBoolean();

  /** Whether the owner has given the result away, or discarded it. The owner's. */
  boolean taken;

  private volatile State state = State.RUNNING;
  private @Nullable T result;
  private @Nullable Throwable failure;

  ForkTask(Forks<?> forks, String name, ContextCallable<? extends T, ?> body) {
    this.forks = forks;
    this.name = name;
    this.body = body;
    this.ctx = forks.scope.withName(name).withCancel();
  }

  // ---- the fork's thread

  /** With what the carriers have captured on the owner's thread. */
  Runnable carried() {
    Runnable task = ContextCarriers.carry(this);
    return () -> {
      try {
        task.run();
      } finally {
        lost(); // else the carriers have failed, for want of memory
      }
    };
  }

  @Override
  public void run() {
    if (!disarm()) {
      return;
    }
    try {
      result = called();
      end(State.SUCCESS);
    } catch (Throwable t) {
      failure = t;
      end(isOurEnd(t) ? State.CANCELLED : State.FAILED);
    } finally {
      forks.ended(this);
    }
  }

  private T called() throws Exception {
    try {
      T value = forks.interrupting ? ctx.callInterruptibly(body) : ctx.call(body);
      OpenGroups.requireNone(name);
      return value;
    } catch (Throwable t) {
      OpenGroups.closeAll(t);
      throw t;
    }
  }

  /** Lets its thread run the body, once. */
  void arm() {
    armed.set(true);
  }

  /** Takes the right to run the body: the thread does, or the owner whose start has failed. */
  boolean disarm() {
    return armed.compareAndSet(true, false);
  }

  /** Sees to it that the fork ends with its thread, whatever its factory makes that thread run. */
  void watch(Thread started) {
    watch =
        HelperThread.unstarted(
            "belay-fork-watch",
            () -> {
              while (started.isAlive()) {
                // No join: on JDK 21 it would pin the carrier for as long as a platform thread
                // runs.
                LockSupport.parkNanos(this, RECHECK_NANOS);
              }
              lost();
            });
    watch.start();
  }

  /** The thread is about to end, or has: if it has not run the body the fork has failed. */
  private void lost() {
    if (disarm()) {
      try {
        failure =
            new IllegalStateException(
                "the thread of fork "
                    + Names.quoted(name)
                    + " ended without running it: a thread factory must have its threads run the"
                    + " task that it is given");
      } finally {
        end(State.FAILED);
        forks.ended(this);
      }
    }
  }

  /** Waits until its threads are gone. */
  void awaitGone() throws InterruptedException {
    if (thread != null) {
      thread.join();
    }
    if (watch != null) {
      LockSupport.unpark(watch);
      watch.join();
    }
  }

  private void end(State how) {
    ctx.close();
    state = how;
  }

  /** It never ran, because the group's context had ended, or its thread did not start. */
  void skip() {
    end(State.CANCELLED);
  }

  /** Whether {@code failure} says no more than that the group's context has ended. */
  @SuppressWarnings("ReferenceEquality") // the very end
  private boolean isOurEnd(Throwable failure) {
    Ending ending = forks.scope.ending();
    return ending != null
        && Causes.first(failure, t -> t instanceof ContextEndedException e && e.ending() == ending)
            != null;
  }

  // ---- any thread

  boolean isDone() {
    return state != State.RUNNING;
  }

  /** The result of a fork that has succeeded. */
  @SuppressWarnings("NullAway") // null only where T allows it
  T result() {
    return result;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public State state() {
    return state;
  }

  @Override
  public @Nullable Throwable failure() {
    return isDone() ? failure : null;
  }

  @Override
  public T get() {
    if (forks.isOwner() && !forks.joined() && !taken) {
      throw new IllegalStateException(
          "get() of fork " + Names.quoted(name) + " before join(): join its group first");
    }
    return switch (state) {
      case SUCCESS -> result();
      case FAILED ->
          throw new IllegalStateException(
              "fork " + Names.quoted(name) + " failed: look at state() or failure() first",
              failure);
      case RUNNING ->
          throw new IllegalStateException(
              "fork " + Names.quoted(name) + " has not ended: look at state() first");
      default ->
          throw new IllegalStateException(
              "fork " + Names.quoted(name) + " was cancelled: look at state() first", failure);
    };
  }

  /** Its context, for reports. */
  Context context() {
    return Kernel.get().view(ctx);
  }

  @Override
  public String toString() {
    return "fork " + Names.quoted(name) + " " + state;
  }
}
