package dev.belay;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import dev.belay.spi.Permits;
import dev.belay.spi.Permits.Permit;
import java.time.Duration;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** A permit that is returned while the one that waits for it leaves. */
final class PermitRaces {
  /** Longer than any run: a permit that is lost makes the last wait end without one. */
  private static final Duration LOST = Duration.ofSeconds(10);

  private PermitRaces() {}

  private static Permit given(Permits permits, Context ctx) {
    try {
      Permit permit = permits.acquire(ctx, LOST);
      if (permit == null) {
        throw new IllegalStateException("no permit: " + permits);
      }
      return permit;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The wait ends with a permit or with the cancel; either way the permit is there afterwards. */
  @JCStressTest
  @Outcome(
      id = {"0, 1", "1, 1"},
      expect = ACCEPTABLE,
      desc = "R41: the permit is not lost")
  @State
  public static class CancelMeetsGrant {
    private final CancellableContext ctx = Context.background().withCancel();
    private final Permits permits = new Permits(() -> 1);
    private final Permit held = given(permits, Context.background());

    @Actor
    public void waits(II_Result r) {
      try (Permit permit = given(permits, ctx)) {
        r.r1 = permit == null ? -1 : 1;
      } catch (ContextCancelledException e) {
        r.r1 = 0;
      }
    }

    @Actor
    public void returns() {
      held.close();
      ctx.cancel();
    }

    @Arbiter
    public void after(II_Result r) {
      try (Permit permit = given(permits, Context.background())) {
        r.r2 = permit == null ? -1 : 1;
      }
    }
  }

  /** Two that return and one that waits: it gets one, and both are there afterwards. */
  @JCStressTest
  @Outcome(id = "1, 2", expect = ACCEPTABLE, desc = "R41: none is lost, none given twice")
  @State
  public static class TwoReturnAtOnce {
    private final Permits permits = new Permits(() -> 2);
    private final Permit one = given(permits, Context.background());
    private final Permit two = given(permits, Context.background());

    @Actor
    public void first() {
      one.close();
    }

    @Actor
    public void second(II_Result r) {
      two.close();
      try (Permit permit = given(permits, Context.background())) {
        r.r1 = permit == null ? -1 : 1;
      }
    }

    @Arbiter
    public void after(II_Result r) {
      try (Permit first = given(permits, Context.background());
          Permit second = given(permits, Context.background())) {
        r.r2 = first == null || second == null ? -1 : 2;
      }
    }
  }
}
