package dev.belay;

import dev.belay.spi.TimeSource;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * The owner of a group while it waits for its forks. Those that still run when the context of the
 * group has ended a grace time ago are reported: they hold the owner up (R32).
 */
final class OwnerWait extends Reaction {
  static final Duration GRACE = Duration.ofSeconds(1);

  private final Forks<?> forks;
  private final Thread owner = Thread.currentThread();

  /** Stands for never, before the end and after the report. */
  private long reportAt = Long.MAX_VALUE;

  private boolean ended;

  OwnerWait(Forks<?> forks) {
    super(forks.scope);
    this.forks = forks;
  }

  /** Waits until {@code over}; a fork that ends, and the end of the context, make it look again. */
  void until(BooleanSupplier over) throws InterruptedException {
    if (over.getAsBoolean()) {
      return;
    }
    CancelContext scope = forks.scope;
    TimeSource time = scope.time();
    boolean observed = scope.observe(this);
    try {
      while (!over.getAsBoolean()) {
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
        // Nothing between the question and the park may park itself: it would eat the wake-up.
        if (!isReportDue(time)) {
          time.park(this, reportAt);
        } else {
          reportAt = Long.MAX_VALUE;
          report();
        }
      }
    } finally {
      if (observed) {
        scope.unobserve(this);
      }
    }
  }

  private boolean isReportDue(TimeSource time) {
    if (!ended && forks.scope.ended() != null) {
      ended = true;
      reportAt = Nanos.after(time.nanoTime(), Nanos.of(GRACE));
    }
    return reportAt != Long.MAX_VALUE && time.nanoTime() >= reportAt;
  }

  private void report() {
    for (ForkTask<?> fork : forks.all()) {
      Thread thread = fork.thread;
      if (thread != null && !fork.isDone()) {
        System.getLogger("dev.belay.zombie")
            .log(System.Logger.Level.WARNING, message(fork), new Zombie(thread));
      }
    }
  }

  private static String message(ForkTask<?> fork) {
    return "fork "
        + Names.quoted(fork.name())
        + " still runs "
        + Names.time(GRACE)
        + " after the end of its context, and its group waits for it: "
        + fork.path()
        + ". Pass the fork's context to what it waits for, or stop that by a Canceller.";
  }

  @Override
  void fire() {
    LockSupport.unpark(owner);
  }

  /** Where the thread is: a stack trace to print, never thrown. */
  private static final class Zombie extends Throwable {
    private static final long serialVersionUID = 1L;

    Zombie(Thread thread) {
      super("running here: " + thread, null, false, true);
      setStackTrace(thread.getStackTrace());
    }
  }
}
