package dev.belay;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * A registered action. Its word goes null → STARTED → the thread that runs it → RETURNED, with
 * {@link Awaited} in between if somebody waits, or null → STOPPED; the one compare-and-set out of
 * null decides between running and stopping (R17).
 */
final class Callback extends Reaction implements Registration {
  private static final Object STARTED = "started";
  private static final Object RETURNED = "returned";
  private static final Object STOPPED = "stopped";

  /** For a context that can never end: there is always nothing to run (R19). */
  private static final Registration NEVER = new Never();

  private static final VarHandle WORD;

  static {
    try {
      WORD = MethodHandles.lookup().findVarHandle(Callback.class, "word", Object.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final Runnable action;

  /** Null for a virtual thread of its own. */
  private final @Nullable Executor executor;

  private volatile @Nullable Object word;

  private Callback(CancelContext scope, Runnable action, @Nullable Executor executor) {
    super(scope);
    this.action = action;
    this.executor = executor;
  }

  static Registration register(AbstractContext ctx, Runnable action, @Nullable Executor executor) {
    CancelContext scope = ctx.scope();
    if (scope == null) {
      return NEVER;
    }
    var callback = new Callback(scope, action, executor);
    if (!scope.observe(callback)) {
      callback.fire();
    }
    return callback;
  }

  @Override
  void fire() {
    if (!WORD.compareAndSet(this, null, STARTED)) {
      return;
    }
    try {
      execute();
    } catch (RuntimeException | Error e) {
      report(e);
      returned();
    }
  }

  private void execute() {
    CancelContext scope = context();
    if (executor != null) {
      executor.execute(this::run);
    } else if (scope != null) {
      scope.time().start("belay-reaction", this::run);
    }
  }

  private void run() {
    Thread self = Thread.currentThread();
    if (!WORD.compareAndSet(this, STARTED, self) && word instanceof Awaited awaited) {
      awaited.runner = self;
    }
    try {
      action.run();
    } catch (RuntimeException | Error e) {
      report(e);
    } finally {
      returned();
    }
  }

  private static void report(Throwable failure) {
    Thread thread = Thread.currentThread();
    try {
      thread.getUncaughtExceptionHandler().uncaughtException(thread, failure);
    } catch (RuntimeException | Error e) {
      // As the JVM does: what a handler throws must not keep the other reactions from running.
    }
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
      return false;
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
          wait();
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

  /** Somebody waits for the action to return. */
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
