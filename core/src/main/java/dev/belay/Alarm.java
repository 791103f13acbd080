package dev.belay;

import dev.belay.spi.TimeSource;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * The timer of a deadline. It holds what is observed, a {@link Link} or a {@link Reaction}, not the
 * context itself, so that it keeps no context that nobody watches any more (R27).
 */
final class Alarm implements Runnable {
  /** Stands in {@link #timer} once the alarm was cancelled. */
  private static final TimeSource.Timer CANCELLED = () -> {};

  private static final VarHandle TIMER;

  static {
    try {
      TIMER = MethodHandles.lookup().findVarHandle(Alarm.class, "timer", TimeSource.Timer.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

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
      set.cancel();
    }
  }

  @Override
  public void run() {
    Object target = observed;
    CancelContext context =
        target instanceof Link link ? link.get() : ((Reaction) target).context();
    if (context instanceof DeadlineContext deadline) {
      deadline.expire();
    }
  }
}
