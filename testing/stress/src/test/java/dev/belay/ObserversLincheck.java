package dev.belay;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;

/**
 * What observes a context, as an atomic set: Lincheck compares what threads see with what one
 * thread could have seen, and looks afterwards whether each action has run, was stopped, or hangs.
 *
 * <p>A stop gives no result here: R17 makes it atomic with its own action alone, not with an end,
 * which lets its actions go one after the other.
 */
public class ObserversLincheck {
  private final CancellableContext top = new StressTime().top();
  private final CancelContext ctx = (CancelContext) top.withCancel();
  private final Slot a = new Slot();
  private final Slot b = new Slot();
  private final Queue<CancelContext> children = new ConcurrentLinkedQueue<>();

  /** One action at a time, and what became of all there were. */
  private final class Slot {
    private final AtomicInteger observed = new AtomicInteger();
    private final AtomicInteger gone = new AtomicInteger();
    private volatile Registration latest;

    boolean observe() {
      boolean active = !ctx.isDone();
      observed.incrementAndGet();
      latest = ctx.onDone(gone::incrementAndGet, Runnable::run);
      return active;
    }

    void stop() {
      Registration registration = latest;
      if (registration != null && registration.stop()) {
        gone.incrementAndGet();
      }
    }

    int hanging() {
      return observed.get() - gone.get();
    }
  }

  @Operation(nonParallelGroup = "a")
  public boolean observeA() {
    return a.observe();
  }

  @Operation(nonParallelGroup = "b")
  public boolean observeB() {
    return b.observe();
  }

  @Operation
  public void stopA() {
    a.stop();
  }

  @Operation
  public void stopB() {
    b.stop();
  }

  @Operation
  public void derive() {
    var child = (CancelContext) ctx.withCancel();
    child.linked();
    children.add(child);
  }

  @Operation
  public boolean isDone() {
    return ctx.isDone();
  }

  @Operation
  public void end() {
    ctx.cancel();
  }

  @Validate
  public void everyActionIsAccountedFor() {
    int hanging = a.hanging() + b.hanging();
    if (ctx.isDone()) {
      same("actions that neither ran nor were stopped", 0, hanging);
      same("children that are active", 0, Causes.live(List.copyOf(children)));
      same("entries left above", 0, Causes.entries(top));
    } else {
      Link link = ctx.link();
      boolean lone = link == null ? ctx.observed() != null : link.lone != null;
      int found = Causes.entries(ctx) + (lone ? 1 : 0);
      same("what hangs below", hanging + children.size(), found);
    }
  }

  /** No assertion library: its classes do not bear what Lincheck makes of them. */
  private static void same(String what, int expected, int actual) {
    if (expected != actual) {
      throw new AssertionError(what + ": " + actual + ", expected " + expected);
    }
  }
}
