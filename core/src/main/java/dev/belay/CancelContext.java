package dev.belay;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * A scope: a context that can end.
 *
 * <p>Its state word {@link #state} is null while it is active and is set once. It is a leaf without
 * a {@link Link} until somebody derives from it or observes it; a leaf reads its own word and its
 * parent's, so whoever ends the parent need not know it. A linked context is told by the walk that
 * ends its parent. The argument for each hand-over is in {@code docs/design/synchronization.md}.
 */
sealed class CancelContext extends AbstractContext implements CancellableContext
    permits DeadlineContext, MergedContext {
  private static final VarHandle STATE;
  private static final VarHandle LINK;

  static {
    try {
      var lookup = MethodHandles.lookup();
      STATE = lookup.findVarHandle(CancelContext.class, "state", Ending.class);
      LINK = lookup.findVarHandle(CancelContext.class, "link", Link.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  final PlainContext frame;
  private final @Nullable CancelContext upper;
  private final @Nullable DeadlineContext limiter;
  private volatile @Nullable Ending state;
  private volatile @Nullable Link link;

  /**
   * A scope below {@code upper}, which is linked.
   *
   * @param limiter who sets the effective deadline; null for none, or for a {@link DeadlineContext}
   *     that does so itself
   */
  CancelContext(
      PlainContext frame, @Nullable CancelContext upper, @Nullable DeadlineContext limiter) {
    this.frame = frame;
    this.upper = upper;
    this.limiter = limiter;
  }

  static CancelContext below(AbstractContext parent) {
    CancelContext upper = parent.scope();
    if (upper != null) {
      upper.linked();
    }
    return new CancelContext(parent.frame(), upper, upper == null ? null : upper.limiter()).born();
  }

  /** Finishes the creation of a child: tracked where its root wants that. */
  final CancelContext born() {
    if (frame.environment.tracked()) {
      linked();
    }
    return this;
  }

  @Override
  final PlainContext frame() {
    return frame;
  }

  @Override
  final CancelContext scope() {
    return this;
  }

  @Override
  @SuppressWarnings("ReferenceEquality") // which of two objects stands nearer
  final @Nullable AbstractContext parent() {
    return frame.scope() == upper ? frame : upper;
  }

  @Nullable DeadlineContext limiter() {
    return limiter;
  }

  // ---- state

  /** The own word: what a walk or an own call has set. */
  final boolean hasEnded() {
    return state != null;
  }

  /** The end, if there is one by now: the own, the parent's, or a deadline that has passed. */
  final @Nullable Ending detect() {
    Ending ending = state;
    if (ending == null) {
      ending = inherited();
    }
    if (ending == null) {
      DeadlineContext limiting = limiter();
      if (limiting != null && limiting.leftNanos() <= 0) {
        limiting.expire();
        ending = state != null ? state : inherited();
      }
    }
    return ending;
  }

  /** Takes over the parent's end, so that no later cancel of our own can replace it (R2). */
  private @Nullable Ending inherited() {
    CancelContext above = upper;
    Ending ending = above == null ? null : above.state;
    if (above == null || ending == null) {
      return null;
    }
    if (ending == Ending.LEAF_CLOSED) {
      ending = Ending.closed(above).completed();
    }
    STATE.compareAndSet(this, null, ending);
    return state;
  }

  final @Nullable Ending story() {
    Ending ending = detect();
    return ending == Ending.LEAF_CLOSED ? Ending.closed(this).completed() : ending;
  }

  // ---- end

  @Override
  public final void cancel() {
    end(Status.CANCELLED, BuiltInCause.CANCELLED);
  }

  @Override
  public final void cancel(Throwable cause) {
    end(Status.CANCELLED, Require.argument(cause, "cause", "call cancel() for none"));
  }

  @Override
  public final void close() {
    end(Status.CLOSED, BuiltInCause.CLOSED);
  }

  private void end(Status status, Throwable cause) {
    Ending before = detect();
    if (before != null) {
      before.awaitComplete();
    } else if (status == Status.CANCELLED) {
      end(Ending.cancelled(this, cause));
    } else if (link == null && LINK.compareAndSet(this, null, Link.NEVER)) {
      // Nobody can derive or observe any more: no walk is needed, and the story can wait.
      end(Ending.LEAF_CLOSED);
    } else {
      end(Ending.closed(this));
    }
  }

  /** Ends this context and all below it, or waits for the one who does so already (R3). */
  final void end(Ending ending) {
    Ending first = inherited();
    if (first == null && STATE.compareAndSet(this, null, ending)) {
      if (link() == null) {
        ending.completed();
      } else {
        new Walk(ending).from(this);
      }
    } else {
      Ending winner = state;
      if (winner != null) {
        winner.awaitComplete();
      }
    }
  }

  /** Sets the end on behalf of a walk; the answer is the end that counts. */
  final Ending flip(Ending ending) {
    STATE.compareAndSet(this, null, ending);
    return requireEnding();
  }

  final Ending requireEnding() {
    Ending ending = state;
    if (ending == null) {
      throw new IllegalStateException("still active: " + this);
    }
    return ending;
  }

  // ---- link

  @SuppressWarnings("ReferenceEquality") // NEVER is a mark
  final @Nullable Link link() {
    Link own = link;
    return own == Link.NEVER ? null : own;
  }

  /**
   * Hangs this context into its parent, so that it is told when that ends; a leaf no longer.
   *
   * @return the link; null if this context has ended
   */
  @SuppressWarnings("ReferenceEquality") // which of two links was published
  final @Nullable Link linked() {
    Link existing = link;
    if (existing == Link.NEVER) {
      STATE.compareAndSet(this, null, Ending.LEAF_CLOSED); // helps the close that is under way
      return null;
    }
    if (existing != null) {
      return existing;
    }
    if (state != null) {
      return null;
    }
    Link above = upper == null ? null : upper.linked();
    var fresh = new Link(this, above);
    if (upper == null) {
      LINK.compareAndSet(this, null, fresh);
    } else if (above == null || !publish(above, fresh)) {
      inherited();
      return null;
    }
    if (link != fresh) {
      return linked();
    }
    fresh.reportDepth();
    if (state != null) {
      unlink();
    }
    return fresh;
  }

  /**
   * Adds and publishes under one lock: whoever sees the link can rely on the parent's walk.
   *
   * @return false if the parent has ended
   */
  private boolean publish(Link above, Link fresh) {
    synchronized (above) {
      if (link != null) {
        return true;
      }
      if (!above.add(fresh)) {
        return false;
      }
      if (!LINK.compareAndSet(this, null, fresh)) {
        above.remove(fresh);
      }
      return true;
    }
  }

  /** Takes this context out of its parent's list. */
  void unlink() {
    Link own = link();
    Link above = upper == null ? null : upper.link();
    if (own != null && above != null) {
      above.remove(own);
    }
  }

  /** Called once by whoever ended this context, without a lock: lets go of timers. */
  void released() {}

  /** Hangs {@code reaction} in; false if this context has ended. */
  final boolean observe(Reaction reaction) {
    if (detect() != null) {
      return false;
    }
    Link own = linked();
    if (own == null || !own.add(reaction)) {
      return false;
    }
    DeadlineContext limiting = limiter();
    if (limiting != null) {
      limiting.arm();
    }
    return true;
  }

  /** Takes {@code reaction} out again. */
  final void unobserve(Reaction reaction) {
    Link own = link();
    if (own != null) {
      own.remove(reaction);
    }
  }
}
