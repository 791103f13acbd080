package dev.belay.time;

import dev.belay.kernel.Unfinished;
import dev.belay.spi.TimeSource;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The wheels of the system's timers and the one thread that turns them; it also moves the coarse
 * clock while it is being read. The thread ends after it has been idle for a while. There is a
 * wheel for each processor, so that threads that set timers do not meet.
 */
final class Timers {
  /** A tick is about half a millisecond: the timers' grain, and that of the coarse clock. */
  static final int TICK_BITS = 19;

  private static final long RETRY_NANOS = 10_000_000;
  private static final long TICK_NANOS = 1L << TICK_BITS;
  private static final long KEEP_ALIVE_NANOS = 10_000_000_000L;

  /** So many ticks the coarse clock is moved before its readers are asked to say so again. */
  private static final int TICKS_PER_ASKING = 32;

  /** How long they are given to say so. */
  private static final long ASKING_NANOS = 50_000;

  private final LongSupplier clock;
  private final Consumer<Runnable> starter;
  private final Wheel[] wheels;
  private final Due due = new Due();

  private volatile @Nullable Thread thread;

  /** When the thread looks again; a thread that sets an earlier timer wakes it. */
  private volatile long wakeAt;

  /**
   * What the thread was last woken for. It looks again then, though the timer be cancelled: most
   * are, and the next one of the same length needs no wake-up.
   */
  private volatile long wokenFor;

  private volatile boolean ticking;
  private volatile boolean wanted;
  private volatile long coarse;
  private int ticks;

  /**
   * Timers by {@code clock}, whose tasks are given to {@code starter} when they are due.
   *
   * @param starter must not block
   */
  Timers(LongSupplier clock, Consumer<Runnable> starter) {
    this.clock = clock;
    this.starter = starter;
    int processors = Math.min(8, Runtime.getRuntime().availableProcessors());
    this.wheels = new Wheel[Integer.highestOneBit(2 * processors - 1)];
    for (int i = 0; i < wheels.length; i++) {
      wheels[i] = new Wheel();
    }
  }

  TimeSource.Timer set(long nanos, Runnable task) {
    // The tick after the one that the moment lies in: never early.
    long tick = (Math.max(0, nanos) >>> TICK_BITS) + 1;
    long id = Thread.currentThread().threadId() * 0x9E3779B97F4A7C15L;
    TimeSource.Timer timer = wheels[(int) (id >>> 48) & (wheels.length - 1)].set(tick, task);
    long moment = tick << TICK_BITS;
    if (moment < wakeAt || thread == null) {
      wokenFor = moment;
      wake();
    }
    return timer;
  }

  /**
   * The coarse clock: a read of two fields while it ticks, the exact clock while it does not. Never
   * ahead; where it takes over from the exact clock it may be behind what a reader had just before.
   */
  long coarseNanoTime() {
    return ticking ? coarse : wanted();
  }

  private long wanted() {
    if (!wanted) {
      wanted = true;
      wake();
    }
    return clock.getAsLong();
  }

  // ---- the thread

  void wake() {
    Thread running = thread;
    if (running == null) {
      running = started();
    }
    LockSupport.unpark(running);
  }

  private synchronized Thread started() {
    Thread running = thread;
    if (running == null) {
      running =
          Thread.ofPlatform()
              .name("belay-timer")
              .daemon()
              .inheritInheritableThreadLocals(false)
              .unstarted(this::turn);
      running.setContextClassLoader(Timers.class.getClassLoader());
      running.start();
      thread = running;
    }
    return running;
  }

  /** Nothing that is thrown here may end the thread: every deadline depends on it (R40). */
  private void turn() {
    while (!turned()) {
      try {
        LockSupport.parkNanos(this, RETRY_NANOS);
      } catch (Throwable e) {
        Thread.onSpinWait();
      }
    }
  }

  /** Turns until there is nothing to do any more; false if an error has come in between. */
  private boolean turned() {
    try {
      turnWheels();
      return true;
    } catch (Throwable e) {
      return false; // an exhausted heap, mostly: a report would need what there is not
    }
  }

  private void turnWheels() {
    long busy = clock.getAsLong();
    for (; ; ) {
      long now = clock.getAsLong();
      resumeUnfinished();
      fire(now);
      wakeAt = Long.MAX_VALUE; // from here on a thread that sets a timer wakes us
      long next = Math.min(nextTimer(), tick(now));
      if (next != Long.MAX_VALUE) {
        busy = now;
      } else if (now - busy < KEEP_ALIVE_NANOS) {
        next = busy + KEEP_ALIVE_NANOS;
      } else if (retired()) {
        return;
      }
      if (wokenFor > now) {
        next = Math.min(next, wokenFor);
      }
      wakeAt = next;
      LockSupport.parkNanos(this, next - clock.getAsLong());
    }
  }

  private void fire(long nanos) {
    long tick = nanos >>> TICK_BITS;
    due.giveTo(starter); // what an error has kept from being started
    for (Wheel wheel : wheels) {
      boolean all;
      do {
        all = wheel.advance(tick, due);
        due.giveTo(starter);
      } while (!all);
    }
  }

  private void resumeUnfinished() {
    for (Unfinished.Work work = Unfinished.take(); work != null; work = Unfinished.take()) {
      try {
        starter.accept(work);
      } catch (Throwable e) {
        Unfinished.add(work);
        throw e;
      }
    }
  }

  private long nextTimer() {
    long next = Wheel.NEVER;
    for (Wheel wheel : wheels) {
      next = Math.min(next, wheel.next());
    }
    return next >= Long.MAX_VALUE >>> TICK_BITS ? Long.MAX_VALUE : next << TICK_BITS;
  }

  /**
   * Moves the coarse clock. Only this thread sets {@code ticking}, so no thread reads a clock that
   * stands still.
   *
   * @return when to move it again; {@code Long.MAX_VALUE} if it is not read
   */
  private long tick(long now) {
    if (ticking) {
      coarse = now;
      if (++ticks < TICKS_PER_ASKING) {
        return now + TICK_NANOS;
      }
      ticking = false;
      wanted = false;
      return now + ASKING_NANOS;
    }
    if (!wanted) {
      return Long.MAX_VALUE;
    }
    coarse = now;
    ticks = 0;
    ticking = true;
    return now + TICK_NANOS;
  }

  /** Ends the thread, unless something to do has come up at the last moment. */
  private synchronized boolean retired() {
    Thread self = thread;
    thread = null;
    boolean idle = !wanted && !Unfinished.any();
    for (Wheel wheel : wheels) {
      idle &= wheel.isEmpty();
    }
    if (!idle) {
      thread = self;
    }
    return idle;
  }
}
