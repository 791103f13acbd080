package dev.belay;

import dev.belay.kernel.BorrowedThread;
import dev.belay.kernel.Handles;
import dev.belay.spi.ContextCarriers;
import dev.belay.spi.ContextEvent;
import dev.belay.spi.ContextEvents;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * A registered action. Its word goes null → STARTED → the thread that runs it → RETURNED, with
 * {@link Awaited} in between if a thread waits for it, or null → STOPPED. With an executor QUEUED
 * takes the place of STARTED, and can still become STOPPED: an executor may drop what it was given.
 * The one compare-and-set out of null, or out of QUEUED, decides between running and stopping
 * (R17).
 */
final class Reaction extends Observer implements Registration {
  private static final Object QUEUED = "queued";
  private static final Object STARTED = "started";
  private static final Object RETURNED = "returned";
  private static final Object STOPPED = "stopped";

  /** A notification can be lost where the stack or the heap is exhausted. */
  private static final long RECHECK_MILLIS = 1_000;

  /** For a context that can never end: there is always nothing to run (R19). */
  private static final Registration NEVER = new Never();

  private static final VarHandle WORD = Handles.of(MethodHandles.lookup(), "word", Object.class);

  private final Runnable action;

  /** Null for a virtual thread of its own. */
  private final @Nullable Executor executor;

  private volatile @Nullable Object word;

  private Reaction(CancelContext scope, Runnable action, @Nullable Executor executor) {
    super(scope);
    this.action = action;
    this.executor = executor;
  }

  static Registration register(AbstractContext ctx, Runnable action, @Nullable Executor executor) {
    CancelContext scope = ctx.scope();
    if (scope == null) {
      return NEVER;
    }
    var reaction = new Reaction(scope, ContextCarriers.carry(action), executor);
    if (!scope.observe(reaction)) {
      reaction.fire();
    }
    return reaction;
  }

  @Override
  void fire() {
    if (!WORD.compareAndSet(this, null, executor == null ? STARTED : QUEUED)) {
      return;
    }
    if (executor == null) {
      start();
    } else {
      execute(executor);
    }
  }

  private void start() {
    CancelContext scope = context();
    try {
      if (scope != null) {
        scope.time().start("belay-reaction", this::run);
      }
    } catch (Throwable e) {
      word = null; // the walk fires this again
      throw e;
    }
  }

  /** Foreign code: it may throw anything, also what it does not declare, and reject the action. */
  private void execute(Executor foreign) {
    var caller = BorrowedThread.borrow();
    try {
      foreign.execute(this::runQueued);
    } catch (Throwable e) {
      WORD.compareAndSet(this, QUEUED, RETURNED);
      ContextEvents.report(new ContextEvent.Uncaught(seen(), "executor", e));
    } finally {
      caller.giveBack();
    }
  }

  /** Unless it was stopped, or the executor has run it before. */
  private void runQueued() {
    if (WORD.compareAndSet(this, QUEUED, Thread.currentThread())) {
      act();
    }
  }

  private void run() {
    Thread self = Thread.currentThread();
    if (!WORD.compareAndSet(this, STARTED, self) && word instanceof Awaited awaited) {
      awaited.runner = self;
    }
    act();
  }

  private void act() {
    try {
      action.run();
    } catch (Throwable e) {
      report(e);
    } finally {
      returned();
    }
  }

  private void report(Throwable failure) {
    ContextEvents.report(new ContextEvent.Uncaught(seen(), "reaction", failure));
    Thread thread = Thread.currentThread();
    try {
      thread.getUncaughtExceptionHandler().uncaughtException(thread, failure);
    } catch (Throwable e) {
      // As the JVM does: what a handler throws must not keep the other reactions from running.
    }
  }

  private @Nullable Context seen() {
    CancelContext scope = context();
    return scope == null ? null : scope.view();
  }

  private void returned() {
    if (WORD.getAndSet(this, RETURNED) instanceof Awaited) {
      synchronized (this) {
        notifyAll();
      }
    }
  }

  @Override
  public boolean stop() {
    if (!WORD.compareAndSet(this, null, STOPPED)) {
      // In this order: fire() may set QUEUED between the two attempts.
      return WORD.compareAndSet(this, QUEUED, STOPPED);
    }
    CancelContext scope = context();
    if (scope != null) {
      scope.unobserve(this);
    }
    return true;
  }

  @Override
  public void close() {
    if (stop() || runner().equals(Thread.currentThread())) {
      return;
    }
    boolean interrupted = false;
    synchronized (this) {
      while (awaited()) {
        try {
          wait(RECHECK_MILLIS);
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** The thread that runs the action; something else if none does. */
  private Object runner() {
    Object now = word;
    Object known = now instanceof Awaited awaited ? awaited.runner : now;
    return known == null ? STARTED : known;
  }

  /** Asks the runner to notify; false if the action has returned. */
  private boolean awaited() {
    for (; ; ) {
      Object now = word;
      if (now instanceof Awaited) {
        return true;
      }
      if (!STARTED.equals(now) && !(now instanceof Thread)) {
        return false;
      }
      if (WORD.compareAndSet(
          this, now, new Awaited(now instanceof Thread runner ? runner : null))) {
        return true;
      }
    }
  }

  /** A thread waits for the action to return. */
  private static final class Awaited {
    private volatile @Nullable Thread runner;

    Awaited(@Nullable Thread runner) {
      this.runner = runner;
    }
  }

  private static final class Never implements Registration {
    @Override
    public boolean stop() {
      return true;
    }

    @Override
    public void close() {}
  }
}
