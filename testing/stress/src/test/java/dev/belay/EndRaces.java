package dev.belay;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import java.util.List;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IIII_Result;
import org.openjdk.jcstress.infra.results.III_Result;

/** Ends that come at once. Whatever is not listed as an outcome is forbidden. */
final class EndRaces {
  private EndRaces() {}

  /** Each actor answers the cause it sees, and how many descendants are active. */
  @JCStressTest
  @Outcome(id = "1, 0, 1, 0", expect = ACCEPTABLE, desc = "R2, R3: A was first")
  @Outcome(id = "2, 0, 2, 0", expect = ACCEPTABLE, desc = "R2, R3: B was first")
  @State
  public static class CancelCancel {
    private final CancellableContext top = Context.background().withCancel();
    private final CancellableContext one = top.withCancel();
    private final CancellableContext two = top.withCancel();
    private final List<Context> below =
        List.of(one, one.withCancel().withCancel(), two, two.withCancel());

    @Actor
    public void a(IIII_Result r) {
      top.cancel(Causes.A);
      r.r1 = Causes.of(top);
      r.r2 = Causes.live(below);
    }

    @Actor
    public void b(IIII_Result r) {
      top.cancel(Causes.B);
      r.r3 = Causes.of(top);
      r.r4 = Causes.live(below);
    }
  }

  /** A leaf is not told by its parent: whoever looks takes the parent's end over, for good. */
  @JCStressTest
  @Outcome(id = "1, 1, 1", expect = ACCEPTABLE, desc = "R2: the parent's end")
  @Outcome(id = "2, 2, 2", expect = ACCEPTABLE, desc = "R2: the own end")
  @State
  public static class LeafAndParent {
    private final CancellableContext parent = Context.background().withCancel();
    private final CancellableContext leaf = parent.withCancel();

    public LeafAndParent() {
      ((CancelContext) parent).linked();
    }

    @Actor
    public void parent(III_Result r) {
      parent.cancel(Causes.A);
      r.r1 = Causes.of(leaf);
    }

    @Actor
    public void leaf(III_Result r) {
      leaf.cancel(Causes.B);
      r.r2 = Causes.of(leaf);
    }

    @Arbiter
    public void after(III_Result r) {
      r.r3 = Causes.of(leaf);
    }
  }

  /** A close of a leaf is one compare-and-set; its end, too, is for good. */
  @JCStressTest
  @Outcome(id = "1, 1, 1", expect = ACCEPTABLE, desc = "R2: the cancel was first")
  @Outcome(id = "4, 4, 4", expect = ACCEPTABLE, desc = "R2, R10: the close was first")
  @State
  public static class CloseCancel {
    private final CancellableContext leaf = Context.background().withCancel();

    @Actor
    public void cancel(III_Result r) {
      leaf.cancel(Causes.A);
      r.r1 = Causes.of(leaf);
    }

    @Actor
    public void close(III_Result r) {
      leaf.close();
      r.r2 = Causes.of(leaf);
    }

    @Arbiter
    public void after(III_Result r) {
      r.r3 = Causes.of(leaf);
    }
  }

  /** Two walks, one inside the other: each waits for what the other has ended. */
  @JCStressTest
  @Outcome(id = "0, 0, 1, 1", expect = ACCEPTABLE, desc = "R3: the upper walk was everywhere first")
  @Outcome(id = "0, 0, 2, 2", expect = ACCEPTABLE, desc = "R3: the upper walk waits for the lower")
  @State
  public static class ParentAndChild {
    private final CancellableContext top = Context.background().withCancel();
    private final CancellableContext middle = top.withCancel();
    private final List<CancellableContext> below =
        List.of(middle.withCancel(), middle.withCancel(), middle.withCancel());

    public ParentAndChild() {
      for (Context each : below) {
        var unused = each.withCancel();
      }
    }

    @Actor
    public void top(IIII_Result r) {
      top.cancel(Causes.A);
      r.r1 = Causes.live(below);
    }

    @Actor
    public void middle(IIII_Result r) {
      middle.cancel(Causes.B);
      r.r2 = Causes.live(below);
    }

    @Arbiter
    public void after(IIII_Result r) {
      r.r3 = Causes.of(middle);
      r.r4 = Causes.of(below.getLast());
    }
  }

  /** Two walks that meet below a merge. */
  @JCStressTest
  @Outcome(id = "0, 0, 1, 1", expect = ACCEPTABLE, desc = "R9: ended by the one")
  @Outcome(id = "0, 0, 2, 2", expect = ACCEPTABLE, desc = "R9: ended by the other")
  @State
  public static class Merged {
    private final CancellableContext one = Context.background().withCancel();
    private final CancellableContext other = Context.background().withCancel();
    private final CancellableContext merged = one.withCancelFrom(other);
    private final List<CancellableContext> below =
        List.of(merged, merged.withCancel(), merged.withCancel(), merged.withCancel());

    public Merged() {
      for (Context each : below) {
        var unused = each.withCancel();
      }
    }

    @Actor
    public void one(IIII_Result r) {
      one.cancel(Causes.A);
      r.r1 = Causes.live(below);
    }

    @Actor
    public void other(IIII_Result r) {
      other.cancel(Causes.B);
      r.r2 = Causes.live(below);
    }

    @Arbiter
    public void after(IIII_Result r) {
      r.r3 = Causes.of(merged);
      r.r4 = Causes.of(below.getLast());
    }
  }

  /**
   * A child that is ended on its own while its parent is: it hangs there until its walk is over.
   */
  @JCStressTest
  @Outcome(id = "0, 0, 1", expect = ACCEPTABLE, desc = "R2, R9: born active, ended by the merge")
  @Outcome(id = "1, 0, 1", expect = ACCEPTABLE, desc = "R9: born ended")
  @State
  public static class MergeMeetsEnd {
    private final CancellableContext one = Context.background().withCancel();
    private final CancellableContext other = Context.background().withCancel();
    private CancellableContext merged;

    @Actor
    public void end() {
      other.cancel(Causes.A);
    }

    @Actor
    public void merge(III_Result r) {
      merged = one.withCancelFrom(other);
      r.r1 = Causes.of(merged);
    }

    @Arbiter
    public void after(III_Result r) {
      r.r2 = Causes.entries(one);
      r.r3 = Causes.of(merged);
    }
  }
}
