package dev.belay;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * A scope: a context that can end.
 *
 * <p>All its state is one {@link #word}: null for a leaf that is active, a {@link Reaction} for a
 * leaf that is observed once, a {@link Link} for one that others derive from or observe more often,
 * and an {@link Ending} once it has ended, for good. A leaf reads its own word and its parent's, so
 * whoever ends the parent need not know it; all others are told by the walk that ends their parent.
 * The argument for each hand-over is in {@code docs/design/synchronization.md}.
 */
sealed class CancelContext extends AbstractContext implements CancellableContext
    permits DeadlineContext, MergedContext {
  private static final VarHandle WORD;

  static {
    try {
      WORD = MethodHandles.lookup().findVarHandle(CancelContext.class, "word", Object.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  final PlainContext frame;

  /** The nearest context above that can end. It has a link while it is active. */
  private final @Nullable CancelContext upper;

  private final @Nullable DeadlineContext limiter;

  private volatile @Nullable Object word;

  /**
   * A scope below {@code upper}.
   *
   * @param limiter who sets the effective deadline, null for none; a {@link DeadlineContext} does
   *     so itself
   */
  CancelContext(
      PlainContext frame, @Nullable CancelContext upper, @Nullable DeadlineContext limiter) {
    this.frame = frame;
    this.upper = upper;
    this.limiter = this instanceof DeadlineContext self ? self : limiter;
  }

  static CancelContext root(PlainContext frame) {
    var root = new CancelContext(frame, null, null);
    root.linked();
    return root;
  }

  static CancelContext below(AbstractContext parent) {
    CancelContext upper = parent.scope();
    if (upper == null) {
      return new CancelContext(parent.frame(), null, null).born();
    }
    upper.linked();
    return new CancelContext(parent.frame(), upper, upper.limiter()).born();
  }

  /** Finishes the creation of a child: linked where its root tracks, or as one of a sample. */
  final CancelContext born() {
    if (frame.environment().tracked()) {
      linked(frame.environment().recordsSites() || Dropped.sampled());
    } else if (Dropped.sampled()) {
      linked(true);
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

  /** Whose deadline is the effective one; null if there is none. */
  final @Nullable DeadlineContext limiter() {
    return limiter;
  }

  // ---- state

  /** The own word says so: what a walk or an own call has set. */
  final boolean hasEnded() {
    return word instanceof Ending;
  }

  /** The own end, if the own word has one. */
  final @Nullable Ending ended() {
    return word instanceof Ending ending ? ending : null;
  }

  /** The end, if there is one by now: the own, the parent's, or a deadline that has passed. */
  final @Nullable Ending detect() {
    Object own = word;
    if (own instanceof Ending ending) {
      return ending;
    }
    CancelContext above = upper;
    if (own == null && above != null && above.word instanceof Ending ending) {
      return inherit(above, ending);
    }
    DeadlineContext limiting = limiter;
    // The exact clock costs ten times as much as all the rest; the other one is a little late.
    if (limiting != null && time().coarseNanoTime() >= limiting.deadlineNanos) {
      return expired(limiting);
    }
    return null;
  }

  /** Takes over the parent's end, so that no later cancel of our own can replace it (R2). */
  private @Nullable Ending inherit(CancelContext above, Ending ending) {
    Ending told = ending == Ending.LEAF_CLOSED ? Ending.closed(above).completed() : ending;
    WORD.compareAndSet(this, null, told);
    return word instanceof Ending ours ? ours : null;
  }

  private @Nullable Ending expired(DeadlineContext limiting) {
    if (limiting.leftNanos() > 0) {
      return null;
    }
    limiting.expire();
    CancelContext above = upper;
    if (word == null && above != null && above.word instanceof Ending ending) {
      return inherit(above, ending);
    }
    return word instanceof Ending ending ? ending : null;
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
    } else if (!WORD.compareAndSet(this, null, Ending.LEAF_CLOSED)) {
      end(Ending.closed(this));
    }
  }

  /** Ends this context and all below it, or waits for the one who does so already (R3). */
  final void end(Ending ending) {
    Object before = flip(ending);
    if (before instanceof Ending winner) {
      winner.awaitComplete();
    } else if (before == null) {
      ending.completed();
    } else {
      new Walk(ending).from(this, before);
    }
  }

  /**
   * Sets the end, unless there is one.
   *
   * @return what the word was before; the caller owns it if it was no {@link Ending}
   */
  final @Nullable Object flip(Ending ending) {
    for (; ; ) {
      Object own = word;
      if (own instanceof Ending) {
        return own;
      }
      CancelContext above = upper;
      if (own == null && above != null && above.word instanceof Ending earlier) {
        inherit(above, earlier);
      } else if (WORD.compareAndSet(this, own, ending)) {
        return own;
      }
    }
  }

  // ---- link

  /** The link, if there is one and this context is active. */
  final @Nullable Link link() {
    return word instanceof Link link ? link : null;
  }

  /**
   * Gives this context a link, so that others can hang in it, and hangs it into its parent.
   *
   * @return null if this context has ended
   */
  final @Nullable Link linked() {
    return word instanceof Link link ? link : linked(frame.environment().recordsSites());
  }

  private @Nullable Link linked(boolean withSite) {
    CreationSite site = null;
    for (; ; ) {
      Object own = word;
      if (own instanceof Link link) {
        return link;
      }
      if (own instanceof Ending) {
        return null;
      }
      CancelContext above = upper;
      Link list = above == null ? null : above.link();
      if (above != null && list == null) {
        // The parent has ended: its walk comes by, or we take its end over ourselves.
        if (detect() != null || own != null) {
          return null;
        }
        Thread.onSpinWait();
        continue;
      }
      if (withSite && site == null) {
        site = new CreationSite(toString());
      }
      var fresh = new Link(this, list, site);
      fresh.lone = (Reaction) own;
      if (replace(own, fresh, fresh.branch, list)) {
        fresh.reportDepth(this);
        if (site != null) {
          watched(fresh);
        }
        relinked(fresh);
        return fresh;
      }
    }
  }

  /**
   * Sets the word and hangs {@code entry} into {@code above}, under the lock of its lane: whoever
   * sees the word can rely on the parent's walk.
   *
   * @return false, and nothing done, if the word is not {@code expected} or the parent has ended
   */
  private boolean replace(
      @Nullable Object expected, Object fresh, @Nullable Entry entry, @Nullable Link above) {
    if (above == null || entry == null) {
      return WORD.compareAndSet(this, expected, fresh);
    }
    Lane lane = above.locked();
    try {
      if (lane.drained()) {
        return false;
      }
      entry.lane = lane;
      if (!WORD.compareAndSet(this, expected, fresh)) {
        return false;
      }
      lane.append(entry);
      return true;
    } finally {
      lane.unlock();
    }
  }

  private void watched(Link fresh) {
    Dropped.watch(fresh);
    if (hasEnded()) {
      Dropped.ended(fresh); // its walk may have come by before
    }
  }

  /** Called when this context has got its link. */
  void relinked(Link fresh) {}

  // ---- observe

  /** Hangs {@code reaction}, whose context this is, in; false if this context has ended. */
  final boolean observe(Reaction reaction) {
    for (; ; ) {
      if (detect() != null) {
        return false;
      }
      if (word == null ? observedFirst(reaction) : observedAgain(reaction)) {
        DeadlineContext limiting = limiter();
        if (limiting != null) {
          limiting.arm();
        }
        return true;
      }
      Thread.onSpinWait(); // the parent has ended, and its walk is about to come by
    }
  }

  private boolean observedFirst(Reaction reaction) {
    CancelContext above = upper;
    Link list = above == null ? null : above.link();
    return (above == null || list != null) && replace(null, reaction, reaction, list);
  }

  private boolean observedAgain(Reaction reaction) {
    Link own = linked();
    return own != null && own.add(reaction);
  }

  /** Takes {@code reaction} out again. */
  final void unobserve(Reaction reaction) {
    if (WORD.compareAndSet(this, reaction, null)) {
      reaction.unhang();
      unobserved();
    } else {
      reaction.unhang();
      Link own = link();
      if (own != null && reaction.equals(own.lone)) {
        own.lone = null;
      }
    }
  }

  /** Called when the only reaction was taken out. */
  void unobserved() {}

  /** What the timer of a deadline must keep: whatever observes. */
  final @Nullable Object observed() {
    Object own = word;
    return own instanceof Ending ? null : own;
  }
}
