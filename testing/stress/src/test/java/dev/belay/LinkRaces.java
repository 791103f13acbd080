package dev.belay;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;

/** A leaf gets a link or a reaction while its parent, or it itself, ends. */
final class LinkRaces {
  private LinkRaces() {}

  private static CancellableContext linked() {
    CancellableContext top = Context.background().withCancel();
    ((CancelContext) top).linked();
    return top;
  }

  /** The leaf is in the lane before the drain, or finds the lane drained. */
  @JCStressTest
  @Outcome(id = "0, 1, 1", expect = ACCEPTABLE, desc = "R3, R7: all have the parent's end")
  @State
  public static class LinkMeetsEnd {
    private final CancellableContext top = linked();
    private final CancellableContext leaf = top.withCancel();
    private Context child;

    @Actor
    public void end(III_Result r) {
      top.cancel(Causes.A);
      r.r1 = leaf.isDone() ? 0 : 1;
    }

    @Actor
    public void derive() {
      child = leaf.withCancel();
    }

    @Arbiter
    public void after(III_Result r) {
      r.r2 = Causes.of(leaf);
      r.r3 = Causes.of(child);
    }
  }

  /** The same for a first reaction, which hangs in the parent's lane. */
  @JCStressTest
  @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "R17: the action runs once")
  @State
  public static class ReactionMeetsEnd {
    private final CancellableContext top = linked();
    private final CancellableContext leaf = top.withCancel();
    private final AtomicInteger runs = new AtomicInteger();

    @Actor
    public void end() {
      top.cancel(Causes.A);
    }

    @Actor
    public void observe() {
      leaf.onDone(runs::incrementAndGet, Runnable::run);
    }

    @Arbiter
    public void after(II_Result r) {
      r.r1 = runs.get();
      r.r2 = Causes.of(leaf);
    }
  }

  /** A further reaction hangs in the context's own lanes; the drain may make it widen them. */
  @JCStressTest
  @Outcome(id = "1", expect = ACCEPTABLE, desc = "R17: the action runs once")
  @State
  public static class AddMeetsDrain {
    private final CancellableContext top = linked();
    private final AtomicInteger runs = new AtomicInteger();

    @Actor
    public void end() {
      top.cancel(Causes.A);
    }

    @Actor
    public void observe() {
      top.onDone(runs::incrementAndGet, Runnable::run);
    }

    @Arbiter
    public void after(org.openjdk.jcstress.infra.results.I_Result r) {
      r.r1 = runs.get();
    }
  }

  /** Two threads that meet at a lane, and widen it. */
  @JCStressTest
  @Outcome(id = "2, 2", expect = ACCEPTABLE, desc = "both hang, and the end reaches both")
  @State
  public static class AddMeetsAdd {
    private final CancellableContext top = linked();
    private final AtomicInteger runs = new AtomicInteger();

    @Actor
    public void one() {
      top.onDone(runs::incrementAndGet, Runnable::run);
    }

    @Actor
    public void other() {
      top.onDone(runs::incrementAndGet, Runnable::run);
    }

    @Arbiter
    public void after(II_Result r) {
      r.r1 = Causes.entries(top);
      top.cancel();
      r.r2 = runs.get();
    }
  }

  /** A context that closes itself while it is linked leaves nothing in its parent. */
  @JCStressTest
  @Outcome(id = "0, 4", expect = ACCEPTABLE, desc = "R13, R7: nothing is left, the child has ended")
  @State
  public static class LinkMeetsOwnClose {
    private final CancellableContext top = linked();
    private final CancellableContext leaf = top.withCancel();
    private Context child;

    @Actor
    public void close() {
      leaf.close();
    }

    @Actor
    public void derive() {
      child = leaf.withCancel();
    }

    @Arbiter
    public void after(II_Result r) {
      r.r1 = Causes.entries(top);
      r.r2 = Causes.of(child);
    }
  }

  /** Two threads that link the same leaf. */
  @JCStressTest
  @Outcome(id = "1, 1, 1", expect = ACCEPTABLE, desc = "one link; both children are ended by it")
  @State
  public static class LinkMeetsLink {
    private final CancellableContext top = linked();
    private final CancellableContext leaf = top.withCancel();
    private CancelContext one;
    private CancelContext other;

    @Actor
    public void one() {
      one = (CancelContext) leaf.withCancel();
      one.linked();
    }

    @Actor
    public void other() {
      other = (CancelContext) leaf.withCancel();
      other.linked();
    }

    @Arbiter
    public void after(III_Result r) {
      r.r1 = Causes.entries(top);
      top.cancel(Causes.A);
      r.r2 = Causes.of(one);
      r.r3 = Causes.of(other);
    }
  }

  /** The lone reaction is stopped while the context gets a link around it. */
  @JCStressTest
  @Outcome(id = "1, 1, 0", expect = ACCEPTABLE, desc = "only the link hangs; only the child ends")
  @State
  public static class StopMeetsLink {
    private final CancellableContext top = linked();
    private final CancellableContext leaf = top.withCancel();
    private final AtomicInteger runs = new AtomicInteger();
    private final Registration lone = leaf.onDone(runs::incrementAndGet, Runnable::run);
    private CancelContext child;

    @Actor
    public void stop() {
      lone.stop();
    }

    @Actor
    public void derive() {
      child = (CancelContext) leaf.withCancel();
      child.linked();
    }

    @Arbiter
    public void after(III_Result r) {
      r.r1 = Causes.entries(top);
      top.cancel(Causes.A);
      r.r2 = Causes.of(child);
      r.r3 = runs.get();
    }
  }
}
