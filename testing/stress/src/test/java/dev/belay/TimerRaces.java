package dev.belay;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IIII_Result;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/** A deadline, its timer, and those who end or observe its context meanwhile. */
final class TimerRaces {
  private static final Duration HOUR = Duration.ofHours(1);

  private TimerRaces() {}

  /** More becomes known of a limit while it is read. */
  @JCStressTest
  @Outcome(id = "true, true", expect = ACCEPTABLE, desc = "the limit, whatever is known of it")
  @State
  public static class WallClockMeetsTimeout {
    private final StressTime time = new StressTime();
    private final DeadlineContext ctx = (DeadlineContext) time.top().withTimeout(HOUR);

    @Actor
    public void look(ZZ_Result r) {
      r.r1 = ctx.limit().timeout().equals(HOUR);
    }

    @Actor
    public void read(ZZ_Result r) {
      r.r2 = ctx.timeout().equals(HOUR);
    }
  }

  /** The first end that is detected wins, everywhere alike. */
  @JCStressTest
  @Outcome(id = "1, 1, 1, 1", expect = ACCEPTABLE, desc = "R14: the cancel was first")
  @Outcome(id = "3, 3, 3, 3", expect = ACCEPTABLE, desc = "R14: the deadline was first")
  @State
  public static class CancelMeetsDeadline {
    private final StressTime time = new StressTime();
    private final CancellableContext ctx = time.top().withTimeout(HOUR);
    private final CancellableContext child = ctx.withCancel();

    public CancelMeetsDeadline() {
      ((CancelContext) child).linked();
    }

    @Actor
    public void cancel(IIII_Result r) {
      ctx.cancel(Causes.A);
      r.r1 = Causes.of(child);
    }

    @Actor
    public void look(IIII_Result r) {
      time.now = Long.MAX_VALUE - 1;
      r.r2 = Causes.of(child);
    }

    @Arbiter
    public void after(IIII_Result r) {
      r.r3 = Causes.of(ctx);
      r.r4 = Causes.of(child);
    }
  }

  /** The timer goes off while the context is closed. */
  @JCStressTest
  @Outcome(id = "3, 3, 0, 1", expect = ACCEPTABLE, desc = "R14: the deadline was first")
  @Outcome(id = "4, 4, 0, 1", expect = ACCEPTABLE, desc = "R13, R14: the close was first")
  @State
  public static class DeadlineMeetsClose {
    private final StressTime time = new StressTime();
    private final CancellableContext ctx = time.top().withTimeout(HOUR);
    private final CancellableContext child = ctx.withCancel();
    private final AtomicInteger runs = new AtomicInteger();

    public DeadlineMeetsClose() {
      child.onDone(runs::incrementAndGet, Runnable::run);
    }

    @Actor
    public void deadline() {
      time.pass();
    }

    @Actor
    public void close(IIII_Result r) {
      ctx.close();
      r.r1 = Causes.of(child);
    }

    @Arbiter
    public void after(IIII_Result r) {
      r.r2 = Causes.of(ctx);
      r.r3 = time.pending.size();
      r.r4 = runs.get();
    }
  }

  /** The timer is set while the context is closed: none outlives it. */
  @JCStressTest
  @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "R13: no timer is left; the action has run")
  @State
  public static class ArmMeetsClose {
    private final StressTime time = new StressTime();
    private final CancellableContext ctx = time.top().withTimeout(HOUR);
    private final AtomicInteger runs = new AtomicInteger();

    @Actor
    public void observe() {
      ctx.onDone(runs::incrementAndGet, Runnable::run);
    }

    @Actor
    public void close() {
      ctx.close();
    }

    @Arbiter
    public void after(II_Result r) {
      r.r1 = time.pending.size();
      r.r2 = runs.get();
    }
  }

  /** The last observer goes, and takes the timer back, while the next one comes. */
  @JCStressTest
  @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "one timer is set; it ends the context")
  @State
  public static class DisarmMeetsArm {
    private final StressTime time = new StressTime();
    private final CancellableContext ctx = time.top().withTimeout(HOUR);
    private final AtomicInteger runs = new AtomicInteger();
    private final Registration first = ctx.onDone(() -> {});

    @Actor
    public void stop() {
      first.stop();
    }

    @Actor
    public void observe() {
      ctx.onDone(runs::incrementAndGet, Runnable::run);
    }

    @Arbiter
    public void after(II_Result r) {
      r.r1 = time.pending.size();
      time.pass();
      r.r2 = runs.get();
    }
  }

  /** The timer is set for somebody who goes at once: none is left for nobody. */
  @JCStressTest
  @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "R13, R27: no timer, no link")
  @State
  public static class ArmMeetsStop {
    private final StressTime time = new StressTime();
    private final CancelContext ctx = (CancelContext) time.top().withTimeout(HOUR);
    private final Waiting reaction = new Waiting(ctx);

    /** Hung in and taken out by two threads, as an action and its owner may. */
    private static final class Waiting extends Observer {
      Waiting(CancelContext scope) {
        super(scope);
      }

      @Override
      void fire() {}
    }

    @Actor
    public void observe() {
      ctx.observe(reaction);
    }

    @Actor
    public void stop() {
      while (ctx.observed() == null) {
        Thread.onSpinWait();
      }
      ctx.unobserve(reaction);
    }

    @Arbiter
    public void after(II_Result r) {
      r.r1 = time.pending.size();
      r.r2 = ctx.observed() == null ? 0 : 1;
    }
  }
}
