package dev.belay.lifecycle;

import dev.belay.Context;
import dev.belay.ContextCallable;
import dev.belay.ContextRunnable;
import dev.belay.Registration;
import dev.belay.kernel.Require;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The work that a program has begun and not finished: requests, messages, jobs. A shutdown refuses
 * new work, waits for the rest, and says where the thread of each is that does not end. Any thread
 * may call anything.
 */
public final class InFlight {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition none = lock.newCondition();

  // Guarded by the lock:
  private final Set<Work> running = new LinkedHashSet<>();
  private boolean refusing;
  private int finished;
  private int cancelled;

  /** Nothing is in flight. {@link Lifecycle} has one; others only count. */
  public InFlight() {}

  /** One piece of work; compared by identity. */
  private static final class Work {
    final Context ctx;
    final Thread thread = Thread.currentThread();

    Work(Context ctx) {
      this.ctx = ctx;
    }
  }

  /**
   * Runs {@code body} as work in flight, on this thread.
   *
   * @param ctx the context of the work; whether it ended by a {@link ShutdownException} decides how
   *     the work counts
   * @throws ShutdownException without running it, once {@link #refuse} was called
   */
  public <T extends @Nullable Object, X extends Exception> T call(
      Context ctx, ContextCallable<T, X> body) throws X {
    Require.context(ctx);
    Require.argument(body, "body", "pass what to run");
    Work work = begin(ctx);
    try {
      return body.call(ctx);
    } finally {
      end(work);
    }
  }

  /** {@link #call} for code without a result. */
  public <X extends Exception> void run(Context ctx, ContextRunnable<X> body) throws X {
    Require.argument(body, "body", "pass what to run");
    call(
        ctx,
        c -> {
          body.run(c);
          return null;
        });
  }

  private Work begin(Context ctx) {
    lock.lock();
    try {
      if (refusing) {
        throw new ShutdownException("shutting down; nothing was begun");
      }
      var work = new Work(ctx);
      running.add(work);
      return work;
    } finally {
      lock.unlock();
    }
  }

  private void end(Work work) {
    boolean byShutdown = work.ctx.cause() instanceof ShutdownException;
    lock.lock();
    try {
      running.remove(work);
      if (refusing && byShutdown) {
        cancelled++;
      } else if (refusing) {
        finished++;
      }
      if (running.isEmpty()) {
        none.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /** How many pieces of work are running. */
  public int running() {
    lock.lock();
    try {
      return running.size();
    } finally {
      lock.unlock();
    }
  }

  /** From now on new work is refused, and what ends is counted for the {@link #report}. */
  public void refuse() {
    lock.lock();
    try {
      refusing = true;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits until none is running, or {@code limit} ends.
   *
   * @return whether none is running
   */
  @SuppressWarnings("try") // the registration is there to be closed
  public boolean awaitNone(Context limit) throws InterruptedException {
    try (Registration end = limit.onDone(this::wake)) {
      lock.lock();
      try {
        while (!running.isEmpty() && !limit.isDone()) {
          none.await();
        }
        return running.isEmpty();
      } finally {
        lock.unlock();
      }
    }
  }

  private void wake() {
    lock.lock();
    try {
      none.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** What became of the work that was running when {@link #refuse} was called, as of now. */
  public ShutdownReport report() {
    List<Work> left;
    int finishedSoFar;
    int cancelledSoFar;
    lock.lock();
    try {
      left = List.copyOf(running);
      finishedSoFar = finished;
      cancelledSoFar = cancelled;
    } finally {
      lock.unlock();
    }
    List<ShutdownReport.Stuck> stuck =
        left.stream()
            .map(work -> new ShutdownReport.Stuck(work.ctx.toString(), At.thread(work.thread)))
            .toList();
    return new ShutdownReport(finishedSoFar, cancelledSoFar, stuck, List.of());
  }
}
