package dev.belay;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * A registered action. Its state word goes WAITING → STARTED → RETURNED, or WAITING → STOPPED; the
 * one compare-and-set out of WAITING decides between running and stopping (R17).
 */
final class Callback extends Reaction implements Registration {
  private static final int WAITING = 0;
  private static final int STARTED = 1;
  private static final int RETURNED = 2;
  private static final int STOPPED = 3;

  /** For a context that can never end: there is always nothing to run (R19). */
  private static final Registration NEVER = new Never();

  private static final VarHandle STATE;

  static {
    try {
      STATE = MethodHandles.lookup().findVarHandle(Callback.class, "state", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final Runnable action;
  private final Executor executor;
  private volatile int state;
  private volatile @Nullable Thread runner;

  private Callback(CancelContext scope, Runnable action, Executor executor) {
    super(scope);
    this.action = action;
    this.executor = executor;
  }

  static Registration register(AbstractContext ctx, Runnable action, Executor executor) {
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
    if (!STATE.compareAndSet(this, WAITING, STARTED)) {
      return;
    }
    try {
      executor.execute(this::run);
    } catch (RuntimeException | Error e) {
      report(e);
      returned();
    }
  }

  private void run() {
    runner = Thread.currentThread();
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

  private synchronized void returned() {
    runner = null;
    state = RETURNED;
    notifyAll();
  }

  @Override
  public boolean stop() {
    if (!STATE.compareAndSet(this, WAITING, STOPPED)) {
      return false;
    }
    CancelContext scope = context();
    if (scope != null) {
      scope.unobserve(this);
    }
    return true;
  }

  @Override
  @SuppressWarnings("ReferenceEquality") // threads have identity
  public void close() {
    if (stop() || runner == Thread.currentThread()) {
      return;
    }
    boolean interrupted = false;
    synchronized (this) {
      while (state == STARTED) {
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

  private static final class Never implements Registration {
    @Override
    public boolean stop() {
      return true;
    }

    @Override
    public void close() {}
  }
}
