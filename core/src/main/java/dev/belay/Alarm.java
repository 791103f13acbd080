package dev.belay;

import dev.belay.kernel.Handles;
import dev.belay.spi.ContextEvent;
import dev.belay.spi.ContextEvents;
import dev.belay.spi.TimeSource;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The timer of a deadline. It holds what is observed, a {@link Link} or an {@link Observer}, not
 * the context itself, so that it keeps no context that is no longer observed (R27).
 */
final class Alarm implements Runnable {
  /** Stands in {@link #timer} once the alarm was cancelled. */
  private static final TimeSource.Timer CANCELLED = () -> {};

  private static final VarHandle TIMER =
      Handles.of(MethodHandles.lookup(), "timer", TimeSource.Timer.class);

  private static final long RETRY_NANOS = 10_000_000;

  /** The next of those that a walk has to cancel; the walk's. */
  @Nullable Alarm next;

  private volatile Object observed;

  @SuppressWarnings("UnusedVariable") // read and written by TIMER
  private volatile TimeSource.@Nullable Timer timer;

  Alarm(Object observed) {
    this.observed = observed;
  }

  /** Sets the timer, unless the alarm was cancelled meanwhile. */
  void set(TimeSource time, long nanos) {
    TimeSource.Timer set = time.schedule(nanos, this);
    if (!TIMER.compareAndSet(this, null, set)) {
      set.cancel();
    }
  }

  void observe(Object instead) {
    observed = instead;
  }

  void cancel() {
    var set = (TimeSource.Timer) TIMER.getAndSet(this, CANCELLED);
    if (set != null) {
      cancel(set);
    }
  }

  /** A time source may be foreign: what it throws must not stop a walk. */
  private static void cancel(TimeSource.Timer timer) {
    try {
      timer.cancel();
    } catch (RuntimeException e) {
      ContextEvents.report(new ContextEvent.Uncaught(null, "time source", e));
    }
  }

  @Override
  public void run() {
    Object target = observed;
    CancelContext context =
        target instanceof Link link ? link.get() : ((Observer) target).context();
    if (context instanceof DeadlineContext deadline) {
      expire(deadline);
    }
  }

  /** Until it has worked: nothing else ends the context when the heap is exhausted now. */
  private void expire(DeadlineContext deadline) {
    for (; ; ) {
      try {
        deadline.expire();
        return;
      } catch (OutOfMemoryError e) {
        pause();
      }
    }
  }

  private void pause() {
    try {
      LockSupport.parkNanos(this, RETRY_NANOS);
    } catch (OutOfMemoryError e) {
      Thread.onSpinWait(); // a virtual thread's park needs memory, too
    }
  }
}
