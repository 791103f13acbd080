package dev.belay;

import dev.belay.spi.LiveThread;
import dev.belay.spi.TimeSource;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** A thread that waits for the end of a context. */
final class Waiter extends Observer implements LiveThread {
  private final Thread thread;

  private Waiter(@Nullable CancelContext scope, Thread thread) {
    super(scope);
    this.thread = thread;
  }

  /**
   * Waits until {@code ctx} has ended or its clock has reached {@code nanos}.
   *
   * @return whether the context has ended
   */
  static boolean await(AbstractContext ctx, long nanos) throws InterruptedException {
    CancelContext scope = ctx.scope();
    var waiter = new Waiter(scope, Thread.currentThread());
    if (scope != null && !scope.observe(waiter)) {
      return true;
    }
    TimeSource.Timer alarm = null;
    try {
      TimeSource time = ctx.time();
      // Before the question: nothing between that and the park may park: it would use up the
      // wake-up.
      alarm = nanos == Long.MAX_VALUE ? null : time.alarm(nanos);
      boolean untimed = alarm != null;
      while (!ctx.isDone()) {
        if (Thread.interrupted()) { // first: also a wait of no time sees an interrupt
          throw new InterruptedException();
        }
        if (nanos != Long.MAX_VALUE && time.nanoTime() >= nanos) {
          return false;
        }
        time.park(waiter, untimed ? Long.MAX_VALUE : nanos);
        untimed = false;
      }
      return true;
    } finally {
      if (alarm != null) {
        alarm.cancel();
      }
      if (scope != null) {
        scope.unobserve(waiter);
      }
    }
  }

  @Override
  void fire() {
    LockSupport.unpark(thread);
  }

  @Override
  public Thread thread() {
    return thread;
  }

  @Override
  public String resource() {
    return "the end of its context";
  }

  @Override
  public @Nullable String subject() {
    return null;
  }
}
