package dev.belay;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import java.time.Duration;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;

/** Cancels that are sent to a call while it returns, goes under a shield, or nests. */
final class CallRaces {
  private static final Duration HOUR = Duration.ofHours(1);

  private CallRaces() {}

  private static void spin(int turns) {
    for (int i = 0; i < turns; i++) {
      Thread.onSpinWait();
    }
  }

  /** Counts the cancels that are under way, and those that come while they must not. */
  private static final class Resource implements Canceller {
    volatile int underWay;
    volatile boolean untouchable;
    volatile int victims;

    @Override
    public void cancel(int attempt) {
      underWay = 1;
      if (untouchable) {
        victims = 1;
      }
      spin(200);
      if (untouchable) {
        victims = 1;
      }
      underWay = 0;
    }
  }

  /** When call has returned, no cancel is under way and none will come. */
  @JCStressTest
  @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "R21: the resource is the caller's again")
  @State
  public static class CancelMeetsReturn {
    private final StressTime time = new StressTime();
    private final CancellableContext ctx = time.top().withCancel();
    private final Resource resource = new Resource();

    @Actor
    public void call(II_Result r) {
      time.calling();
      try {
        ctx.run(resource, c -> spin(30));
      } catch (ContextCancelledException e) {
        // came before the body
      }
      r.r1 = resource.underWay;
      resource.untouchable = true;
    }

    @Actor
    public void end() {
      ctx.cancel();
    }

    @Arbiter
    public void after(II_Result r) {
      time.settle();
      r.r2 = resource.victims;
    }
  }

  /** An interrupt that hits after the return shows at the next turn's begin. */
  @JCStressTest
  @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "R22: no stray interrupt")
  @State
  public static class InterruptMeetsReturn {
    private final StressTime time = new StressTime();
    private final CancellableContext ctx = time.top().withCancel();

    @Actor
    public void call(II_Result r) {
      time.calling();
      r.r1 = Thread.interrupted() ? 1 : 0;
      try {
        ctx.runInterruptibly(c -> spin(30));
      } catch (ContextCancelledException e) {
        // came before the body
      }
      r.r2 = Thread.interrupted() ? 1 : 0;
    }

    @Actor
    public void end() {
      ctx.cancel();
    }
  }

  /** Somebody else's interrupt comes first, ours second, and the body has noticed neither. */
  @JCStressTest
  @Outcome(id = "1", expect = ACCEPTABLE, desc = "R22: theirs is kept")
  @State
  public static class ForeignInterruptMeetsReturn {
    private final StressTime time = new StressTime();
    private final CancellableContext ctx = time.top().withCancel();
    private volatile boolean sent;

    @Actor
    public void call(I_Result r) {
      time.calling();
      try {
        ctx.runInterruptibly(c -> spin(30));
      } catch (ContextCancelledException e) {
        // came before the body
      }
      while (!sent) {
        Thread.onSpinWait();
      }
      r.r1 = Thread.interrupted() ? 1 : 0;
    }

    @Actor
    public void end() {
      time.caller().interrupt();
      ctx.cancel();
      sent = true;
    }

    @Arbiter
    public void after() {
      time.settle();
    }
  }

  /** The shield sees that a signal was sent and waits for it, or the sender sees the shield. */
  @JCStressTest
  @Outcome(id = "0", expect = ACCEPTABLE, desc = "R24: nothing arrives inside the shield")
  @State
  public static class CancelMeetsShield {
    private final StressTime time = new StressTime();
    private final CancellableContext ctx = time.top().withCancel();
    private final Resource resource = new Resource();

    @Actor
    public void call() {
      time.calling();
      try {
        ctx.run(
            resource,
            c ->
                c.runShielded(
                    HOUR,
                    shielded -> {
                      resource.untouchable = true;
                      spin(30);
                      resource.untouchable = false;
                    }));
      } catch (ContextCancelledException e) {
        // came before the body
      }
    }

    @Actor
    public void end() {
      ctx.cancel();
    }

    @Arbiter
    public void after(I_Result r) {
      time.settle();
      r.r1 = resource.victims;
    }
  }

  /** The end of an inner context never reaches the canceller of the call around it. */
  @JCStressTest
  @Outcome(id = "0", expect = ACCEPTABLE, desc = "R24: the outer resource is not touched")
  @State
  public static class InnerEndMeetsReturn {
    private final StressTime time = new StressTime();
    private final CancellableContext outer = time.top();
    private final CancellableContext inner = outer.withCancel();
    private final Resource outerResource = new Resource();

    @Actor
    public void call() {
      time.calling();
      outerResource.untouchable = true;
      outer.run(
          outerResource,
          c -> {
            try {
              inner.run(attempt -> spin(30), d -> spin(30));
            } catch (ContextCancelledException e) {
              // came before the body
            }
          });
    }

    @Actor
    public void end() {
      inner.cancel();
    }

    @Arbiter
    public void after(I_Result r) {
      time.settle();
      r.r1 = outerResource.victims;
    }
  }
}
