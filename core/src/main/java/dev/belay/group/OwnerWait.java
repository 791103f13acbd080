package dev.belay.group;

import dev.belay.Registration;
import dev.belay.kernel.Names;
import dev.belay.kernel.Trace;
import dev.belay.spi.ContextEvent;
import dev.belay.spi.ContextEvents;
import dev.belay.spi.TimeSource;
import dev.belay.time.Nanos;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * The owner of a group while it waits for its forks. Those that still run when the context of the
 * group has ended a grace time ago are reported: they hold the owner up (R32).
 */
final class OwnerWait {
  static final Duration GRACE = Duration.ofSeconds(1);

  private final Forks<?> forks;
  private final Thread owner = Thread.currentThread();

  /** Stands for never, before the end and after the report. */
  private long reportAt = Long.MAX_VALUE;

  private boolean ended;

  OwnerWait(Forks<?> forks) {
    this.forks = forks;
  }

  /** Waits until {@code over}; a fork that ends, and the end of the context, make it look again. */
  void until(BooleanSupplier over) throws InterruptedException {
    if (over.getAsBoolean()) {
      return;
    }
    TimeSource time = forks.time();
    Registration atEnd = forks.scope.onDone(() -> LockSupport.unpark(owner), Runnable::run);
    try {
      for (; ; ) {
        // Before the question: it may wait for a walk, and so park, and use up a wake-up.
        boolean due = isReportDue(time);
        if (over.getAsBoolean()) {
          return;
        }
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
        if (due) {
          reportAt = Long.MAX_VALUE;
          report();
        } else {
          time.park(this, reportAt);
        }
      }
    } finally {
      atEnd.stop();
    }
  }

  private boolean isReportDue(TimeSource time) {
    if (!ended && forks.scope.isDone()) {
      ended = true;
      reportAt = Nanos.after(time.nanoTime(), Nanos.of(GRACE));
    }
    return reportAt != Long.MAX_VALUE && time.nanoTime() >= reportAt;
  }

  private void report() {
    for (ForkTask<?> fork : forks.all()) {
      Thread thread = fork.thread;
      if (thread != null && !fork.isDone()) {
        ContextEvents.report(
            new ContextEvent.Zombie(
                fork.context(),
                "fork " + Names.quoted(fork.name()),
                GRACE,
                new Trace("running here: " + thread, thread)));
      }
    }
  }
}
