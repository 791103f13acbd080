package dev.belay;

import dev.belay.spi.ContextEvent;
import dev.belay.spi.ContextEvents;
import dev.belay.spi.TimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Sends cancels for one guarded call whose context has ended, on a thread of its own: to the
 * innermost canceller inside it, again with a growing pause until the body has returned, because a
 * single cancel can get lost (R21).
 */
final class CancelSender implements Runnable {
  private static final long FIRST_PAUSE = 500_000;
  private static final long LONGEST_PAUSE = 100_000_000;

  private final GuardedCall call;
  private final List<TimeSource.Timer> patience = new ArrayList<>(1);
  private long pause;
  private int attempts;

  CancelSender(GuardedCall call) {
    this.call = call;
  }

  @Override
  public void run() {
    call.sender = Thread.currentThread();
    if (call.canceller == null) {
      call.meeting().release(call);
      return;
    }
    try {
      while (!sendAll()) {
        LockSupport.parkNanos(this, LONGEST_PAUSE);
      }
    } finally {
      patience.forEach(TimeSource.Timer::cancel);
    }
  }

  /** Until the call is over; false if an error has come in between, such as an exhausted heap. */
  private boolean sendAll() {
    try {
      Handover meeting = call.meeting();
      GuardedCall target = meeting.take(call, pause);
      while (target != null) {
        try {
          send(target);
        } finally {
          meeting.sent(target);
        }
        pause = pause == 0 ? FIRST_PAUSE : Math.min(pause * 2, LONGEST_PAUSE);
        target = meeting.take(call, pause);
      }
      return true;
    } catch (VirtualMachineError e) {
      return false;
    }
  }

  /** Called without a lock: a driver's cancel takes seconds, and an interrupt can hang. */
  private void send(GuardedCall target) {
    Canceller canceller = target.canceller;
    if (canceller == null) {
      return;
    }
    TimeSource.Timer timer = target.beginPatience();
    if (timer != null) {
      patience.add(timer);
    }
    int attempt = attempts++;
    long began = System.nanoTime();
    @Nullable Throwable failure = Foreign.cancel(canceller, attempt);
    if (failure != null || ContextEvents.isObserved()) {
      ContextEvents.report(
          new ContextEvent.CancelSent(
              call.ctx.view(),
              Foreign.resource(canceller),
              attempt,
              Duration.ofNanos(System.nanoTime() - began),
              failure));
    }
  }
}
