package dev.belay;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;

/** A registration that is stopped or waited for while it runs; a thread that waits for an end. */
final class ReactionRaces {
  /** A thread that nobody wakes would wait for ever; this bounds it. */
  private static final Duration LOST = Duration.ofSeconds(10);

  private ReactionRaces() {}

  /** Either it runs or a stop is true. */
  @JCStressTest
  @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "R17: stopped")
  @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "R17: run")
  @State
  public static class StopMeetsRun {
    private final CancellableContext ctx = Context.background().withCancel();
    private final AtomicInteger runs = new AtomicInteger();
    private final Registration registration = ctx.onDone(runs::incrementAndGet, Runnable::run);

    @Actor
    public void stop(II_Result r) {
      r.r1 = registration.stop() ? 1 : 0;
    }

    @Actor
    public void run() {
      ctx.cancel();
    }

    @Arbiter
    public void after(II_Result r) {
      r.r2 = runs.get();
    }
  }

  /** One stop is true. */
  @JCStressTest
  @Outcome(
      id = {"1, 0", "0, 1"},
      expect = ACCEPTABLE,
      desc = "R17: one has stopped it")
  @State
  public static class StopMeetsStop {
    private final Registration registration =
        Context.background().withCancel().onDone(() -> {}, Runnable::run);

    @Actor
    public void one(II_Result r) {
      r.r1 = registration.stop() ? 1 : 0;
    }

    @Actor
    public void other(II_Result r) {
      r.r2 = registration.stop() ? 1 : 0;
    }
  }

  /** Whoever has closed a registration sees all that the action has done. */
  @JCStressTest
  @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "R17: stopped")
  @Outcome(id = "2, 2", expect = ACCEPTABLE, desc = "R17: waited until it had returned")
  @State
  public static class CloseMeetsRun {
    private final CancellableContext ctx = Context.background().withCancel();
    private final Registration registration = ctx.onDone(this::act, Runnable::run);
    private int done;

    private void act() {
      done = 1;
      Thread.onSpinWait();
      done = 2;
    }

    @Actor
    public void run() {
      ctx.cancel();
    }

    @Actor
    public void close(II_Result r) {
      registration.close();
      r.r1 = done;
    }

    @Arbiter
    public void after(II_Result r) {
      r.r2 = done;
    }
  }

  /** A thread that goes to wait while the context ends is woken, and sees the end. */
  @JCStressTest
  @Outcome(id = "1", expect = ACCEPTABLE, desc = "R4: woken, and the status is there")
  @State
  public static class WaitMeetsEnd {
    private final CancellableContext ctx = Context.background().withCancel();

    @Actor
    public void await(I_Result r) {
      try {
        r.r1 = ctx.awaitDone(LOST) ? Causes.of(ctx) : -2;
      } catch (InterruptedException e) {
        r.r1 = -1;
      }
    }

    @Actor
    public void end() {
      ctx.cancel(Causes.A);
    }
  }
}
