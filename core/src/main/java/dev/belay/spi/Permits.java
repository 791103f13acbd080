package dev.belay.spi;

import dev.belay.CheckReturnValue;
import dev.belay.Context;
import dev.belay.ContextEndedException;
import dev.belay.Criticality;
import dev.belay.kernel.Begun;
import dev.belay.kernel.BorrowedThread;
import dev.belay.kernel.Kernel;
import dev.belay.kernel.Require;
import dev.belay.kernel.StackRoom;
import dev.belay.kernel.Work;
import dev.belay.kernel.WorkTimes;
import dev.belay.time.Nanos;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Permits for something scarce, such as the connections of a pool, and the order in which they are
 * given when there are too few (R41). Under overload that order decides how many requests are
 * answered while their clients still wait:
 *
 * <ol>
 *   <li>Work that has begun goes first, first come first served: what was spent on it is lost if it
 *       ends.
 *   <li>Work that has not begun is served first come first served while its queue is short. Once
 *       the oldest has waited for two thirds of its time, or for a few times as long as work takes,
 *       the newest goes first, which has the most time left.
 *   <li>Work that has less time left than the shortest takes goes last.
 *   <li>Work that has ended gets no permit.
 * </ol>
 *
 * <p>Of new work, what has a higher {@link Criticality} goes first. What is {@link
 * Criticality#SHEDDABLE} may never be served while there is other work enough.
 *
 * <p>There is nothing to set: how long work takes is measured, from its first permit until its
 * context is closed; and that "few times" becomes less while work that has begun is cut short,
 * because its clients leave earlier. A piece of work is one request or one job: the outermost
 * context with a deadline or, without one, the outermost below the root, with all that is derived
 * from it. It has begun once it has had a permit from any {@code Permits}.
 *
 * <p>Any thread may call any method. No lock is held while {@code limit} is asked.
 */
public final class Permits {
  private final IntSupplier limit;
  private final TimeSource time;
  private final WorkTimes times;
  private final ReentrantLock lock = new ReentrantLock();

  /** What {@link #limit} said last. */
  private volatile int most;

  // Guarded by the lock:
  private final WaitOrder<Wait> order;
  private int inUse;
  private int waiting;

  /**
   * Permits by the machine's clock.
   *
   * @param limit how many there are, zero or more; asked now and whenever one is requested or
   *     returned, so it may change
   * @throws IllegalArgumentException if {@code limit} is negative
   */
  public Permits(IntSupplier limit) {
    this(limit, TimeSource.system());
  }

  /** The same by {@code time}: only the deadlines of contexts with that clock are known. */
  Permits(IntSupplier limit, TimeSource time) {
    this.limit = Require.argument(limit, "limit", "pass how many permits there are");
    this.time = time;
    this.times = new WorkTimes(time);
    this.order = new WaitOrder<>(times);
    this.most = asked();
  }

  /** Asks how many there are; it is foreign code. */
  private int asked() {
    int now = limit.getAsInt();
    if (now < 0) {
      throw new IllegalArgumentException(
          "the limit is " + now + ": there are no permits, or some, never fewer than none");
    }
    most = now;
    return now;
  }

  /** The same for one that returns what it has, and must not fail. */
  private int askedSafely() {
    var caller = BorrowedThread.borrow();
    try {
      return asked();
    } catch (Throwable e) {
      ContextEvents.report(new ContextEvent.Uncaught(null, "limit", e));
      return most;
    } finally {
      caller.giveBack();
    }
  }

  /** One call that waits for a permit. */
  private final class Wait extends WaitOrder.Waiting {
    private final CompletableFuture<Permit> given = new CompletableFuture<>();
    private final Permit permit;

    // Guarded by the lock:
    private boolean served;
    private @Nullable Wait servedBefore;

    private Wait(Work work, Criticality criticality, long now, long until) {
      super(work, criticality, now, until);
      permit = new Permit(this);
    }
  }

  /** The right to use one of what is scarce, until it is closed. */
  public final class Permit implements AutoCloseable {
    private final Wait wait;
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile long since;

    private Permit(Wait wait) {
      this.wait = wait;
    }

    /** Returns the permit; does nothing at further calls. Any thread may close it. */
    @Override
    public void close() {
      if (closed.compareAndSet(false, true)) {
        ended(wait, since);
        changed(askedSafely(), () -> inUse--);
      }
    }
  }

  /**
   * Waits for a permit for work under {@code ctx}. The caller closes it.
   *
   * @param timeout how long to wait at most, by the clock of {@code ctx}, which may end earlier
   * @return null if there was none within {@code timeout}
   * @throws ContextEndedException if {@code ctx} ends first
   * @throws InterruptedException if the thread was interrupted while it waited
   * @throws IllegalArgumentException if the limit is negative now
   * @throws StackOverflowError also if the stack has no room to return the permit
   */
  @CheckReturnValue
  public @Nullable Permit acquire(Context ctx, Duration timeout) throws InterruptedException {
    Require.context(ctx);
    Require.argument(timeout, "timeout", "pass how long to wait at most");
    ctx.throwIfDone();
    int now = asked();
    StackRoom.require(); // for close(), too: its caller's frame is the one of this call
    Wait wait = wait(ctx);
    boolean taken = false;
    try {
      enter(wait, now);
      Permit permit = wait.given.isDone() ? wait.permit : awaited(wait, ctx, timeout);
      taken = permit != null;
      return permit;
    } finally {
      if (!taken) {
        leave(wait);
      }
    }
  }

  private Wait wait(Context ctx) {
    Work own = Kernel.get().work(ctx);
    boolean known = Kernel.get().time(ctx).clock().equals(time.clock());
    long now = time.nanoTime();
    long until = known ? Nanos.after(now, ctx.remainingNanos()) : Long.MAX_VALUE;
    Criticality given = ctx.get(Criticality.KEY);
    Criticality criticality = given == null ? Criticality.NORMAL : given;
    return new Wait(own == null ? new Single() : own, criticality, now, until);
  }

  private void enter(Wait wait, int most) {
    changed(
        most,
        () -> {
          order.add(wait);
          waiting++;
        });
  }

  private static @Nullable Permit awaited(Wait wait, Context ctx, Duration timeout)
      throws InterruptedException {
    try (var limited = ctx.withTimeout(timeout)) {
      return limited.await(wait.given);
    } catch (ContextEndedException e) {
      ctx.throwIfDone();
      return null;
    } catch (ExecutionException e) {
      throw new AssertionError("never completed with a failure", e);
    }
  }

  /** The waiting call leaves without a permit; one that it was given meanwhile is returned. */
  private void leave(Wait wait) {
    if (wait.work().hasBegun()) {
      ended(wait, wait.since());
    }
    changed(
        askedSafely(),
        () -> {
          if (wait.served) {
            inUse--;
          } else if (order.remove(wait)) {
            waiting--;
          }
        });
  }

  /**
   * A step, or a wait for one, is over. If its work was cut short although it had time to finish,
   * its client has left, earlier than was known.
   */
  private void ended(Wait wait, long since) {
    long now = time.nanoTime();
    if (wait.work().isCutShort() && wait.left(now) > times.shortest()) {
      times.lost(now - since);
    }
  }

  /** Makes {@code change} under the lock, and gives what permits there are then. */
  private void changed(int most, Runnable change) {
    Wait served = null;
    long now = time.nanoTime();
    lock.lock();
    try {
      change.run();
      for (Wait next = next(most, now); next != null; next = next(most, now)) {
        next.servedBefore = served;
        served = next;
      }
    } finally {
      lock.unlock();
    }
    for (Wait each = served; each != null; each = each.servedBefore) {
      each.permit.since = now;
      each.given.complete(each.permit);
    }
  }

  private @Nullable Wait next(int most, long now) {
    Wait next = inUse < most ? order.next(now) : null;
    if (next != null) {
      next.served = true;
      waiting--;
      inUse++;
    }
    return next;
  }

  /** For messages: how many permits there are, are in use, and are waited for. */
  @Override
  public String toString() {
    int now = askedSafely();
    lock.lock();
    try {
      return inUse + " of " + now + " in use, " + waiting + " waiting";
    } finally {
      lock.unlock();
    }
  }

  /** A call under a context that never ends is a piece of work by itself. */
  private static final class Single implements Work {
    private volatile boolean begun;

    @Override
    public boolean hasBegun() {
      return begun;
    }

    @Override
    public void begin(Begun first) {
      begun = true; // when it is finished is not known
    }

    @Override
    public boolean isCutShort() {
      return false;
    }
  }
}
