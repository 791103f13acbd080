package dev.belay;

import dev.belay.kernel.Handles;
import dev.belay.kernel.Require;
import dev.belay.kernel.Trace;
import dev.belay.spi.ContextEvent;
import dev.belay.spi.ContextEvents;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * A scope: a context that can end.
 *
 * <p>All its state is one {@link #word}: null for a leaf that is active, an {@link Observer} for a
 * leaf that is observed once, a {@link Link} for one that others derive from or observe more often,
 * and an {@link End} once it has ended, for good. A leaf reads its own word and its parent's, so
 * what ends the parent need not know it; all others are reached by the walk that ends their parent.
 * The argument for each hand-over is in {@code docs/design/synchronization.md}.
 */
sealed class CancelContext extends AbstractContext implements CancellableContext
    permits DeadlineContext, MergedContext {
  private static final VarHandle WORD = Handles.of(MethodHandles.lookup(), "word", Object.class);
  private static final VarHandle VIEW =
      Handles.of(MethodHandles.lookup(), "view", PlainContext.class);

  final PlainContext frame;

  /** The nearest context above that can end. It has a link while it is active. */
  private final @Nullable CancelContext upper;

  private final @Nullable DeadlineContext limiter;

  /** This context without the right to cancel it; made when it is asked for. */
  private volatile @Nullable PlainContext view;

  private volatile @Nullable Object word;

  /**
   * A scope below {@code upper}.
   *
   * @param limiter the context that sets the effective deadline, null for none; a {@link
   *     DeadlineContext} does so itself
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

  /** The nearest context above that can end; null if there is none. */
  final @Nullable CancelContext upper() {
    return upper;
  }

  /** The context whose deadline is the effective one; null if there is none. */
  final @Nullable DeadlineContext limiter() {
    return limiter;
  }

  @Override
  final Context view() {
    PlainContext made = view;
    if (made == null) {
      VIEW.compareAndSet(this, null, PlainContext.view(this, this));
      made = view;
    }
    return made == null ? this : made;
  }

  // ---- state

  /** Whether the own word says so: what a walk or an own call has set. */
  final boolean hasEnded() {
    return word instanceof End;
  }

  /** The own end, if the own word has one. */
  final @Nullable End ended() {
    return word instanceof End end ? end : null;
  }

  /** The end, if there is one by now: the own, the parent's, or a deadline that has passed. */
  final @Nullable End detect() {
    Object own = word;
    if (own instanceof End end) {
      return end;
    }
    CancelContext above = upper;
    if (own == null && above != null && above.word instanceof End end) {
      return inherit(above, end);
    }
    DeadlineContext limiting = limiter;
    return limiting != null && limiting.hasPassed() ? expired(limiting) : null;
  }

  /**
   * {@link #detect} by the exact clock: a caller that has waited until the deadline must find it
   * passed (R12).
   */
  final @Nullable End detectExactly() {
    End end = detect();
    DeadlineContext limiting = limiter;
    return end == null && limiting != null ? expired(limiting) : end;
  }

  /** Takes over the parent's end, so that no later cancel of our own can replace it (R2). */
  private @Nullable End inherit(CancelContext above, End end) {
    End inherited = end == End.LEAF_CLOSED ? End.closed(above).completed() : end;
    WORD.compareAndSet(this, null, inherited);
    return word instanceof End ours ? ours : null;
  }

  private @Nullable End expired(DeadlineContext limiting) {
    if (limiting.leftNanos() > 0) {
      return null;
    }
    limiting.expire();
    CancelContext above = upper;
    if (word == null && above != null && above.word instanceof End end) {
      return inherit(above, end);
    }
    return word instanceof End end ? end : null;
  }

  final @Nullable Ending story() {
    End end = detectExactly();
    if (end == null) {
      return null;
    }
    return end == End.LEAF_CLOSED ? End.closed(this).ending() : end.ending();
  }

  // ---- end

  @Override
  public final void cancel() {
    cancel(BuiltInCause.CANCELLED, null);
  }

  @Override
  public final void cancel(Throwable cause) {
    cancel(Require.argument(cause, "cause", "call cancel() for none"), null);
  }

  /**
   * Ends this context as cancelled.
   *
   * @param story what has happened; null if the owner has called this
   * @return whether this call has ended it
   */
  final boolean cancel(Throwable cause, @Nullable String story) {
    End before = detect();
    if (before == null) {
      return end(End.cancelled(this, cause, story));
    }
    before.awaitComplete();
    return false;
  }

  @Override
  public final void close() {
    End before = detect();
    if (before != null) {
      before.awaitComplete();
    } else if (!WORD.compareAndSet(this, null, End.LEAF_CLOSED)) {
      closeLinked();
    } else if (ContextEvents.isObserved()) {
      reportEnd(End.closed(this));
    }
  }

  private void closeLinked() {
    Link own = link();
    if (end(End.closed(this)) && own != null) {
      own.finished();
    }
  }

  /**
   * Ends this context and all below it, or waits for the call that does so already (R3).
   *
   * @return whether this call has ended it
   */
  final boolean end(End end) {
    for (; ; ) {
      Object own = word;
      if (own instanceof End winner) {
        winner.awaitComplete();
        return false;
      }
      CancelContext above = upper;
      if (own == null && above != null && above.word instanceof End earlier) {
        inherit(above, earlier);
        continue;
      }
      Walk walk = own == null ? null : new Walk(end, this, own);
      end.walk = walk;
      if (own == null) {
        end.completed();
      }
      if (WORD.compareAndSet(this, own, end)) {
        if (walk != null) {
          spread(walk);
        }
        if (ContextEvents.isObserved()) {
          reportEnd(end);
        }
        return true;
      }
    }
  }

  private static void spread(Walk walk) {
    try {
      walk.begin();
    } catch (Throwable t) {
      walk.stop();
      throw t;
    }
  }

  private void reportEnd(End end) {
    DeadlineContext limiting = limiter;
    ContextEvents.report(
        new ContextEvent.Ended(
            view(),
            end.ending(),
            limiting == null ? frame.label.began() : limiting.began(),
            limiting == null ? null : limiting.timeout()));
  }

  /**
   * Sets the end, unless there is one.
   *
   * @return what the word was before; the caller owns it if it was no {@link End}
   */
  final @Nullable Object flip(End end) {
    for (; ; ) {
      Object own = word;
      if (own instanceof End) {
        return own;
      }
      CancelContext above = upper;
      if (own == null && above != null && above.word instanceof End earlier) {
        inherit(above, earlier);
      } else if (WORD.compareAndSet(this, own, end)) {
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
    Trace site = null;
    for (; ; ) {
      Object own = word;
      if (own instanceof Link link) {
        return link;
      }
      if (own instanceof End) {
        return null;
      }
      CancelContext above = upper;
      Link list = above == null ? Link.TOPS : above.link();
      if (list == null) {
        // The parent has ended: its walk comes by, or we take its end over ourselves.
        if (detect() != null || own != null) {
          return null;
        }
        awaitWalk(above);
        continue;
      }
      if (withSite && site == null) {
        site = new Trace("created here: " + Path.near(this));
      }
      var fresh = new Link(this, list, site);
      fresh.lone = (Observer) own;
      if (replace(own, fresh, fresh.place, list)) {
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
   * Sets the word and hangs {@code entry} into {@code above}, under the lock of its lane.
   *
   * @return false, and nothing done, if the word is not {@code expected} or the parent has ended
   */
  private boolean replace(
      @Nullable Object expected, Object fresh, @Nullable Entry entry, @Nullable Link above) {
    if (above == null || entry == null) {
      return replaceWord(expected, fresh);
    }
    return above.add(entry, this, expected, fresh);
  }

  /** Sets the word if it is {@code expected}. */
  final boolean replaceWord(@Nullable Object expected, Object fresh) {
    return WORD.compareAndSet(this, expected, fresh);
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

  /** Hangs {@code observer}, whose context this is, in; false if this context has ended. */
  final boolean observe(Observer observer) {
    for (; ; ) {
      if (detect() != null) {
        return false;
      }
      if (word == null ? observedFirst(observer) : observedAgain(observer)) {
        DeadlineContext limiting = limiter();
        if (limiting != null) {
          limiting.arm();
        }
        return true;
      }
      awaitWalk(upper);
    }
  }

  /** The parent has ended, and its walk is about to come by; an interrupted one is resumed. */
  static void awaitWalk(@Nullable CancelContext above) {
    End end = above == null ? null : above.ended();
    if (end == null) {
      Thread.onSpinWait();
    } else {
      end.awaitComplete();
    }
  }

  private boolean observedFirst(Observer observer) {
    CancelContext above = upper;
    Link list = above == null ? null : above.link();
    return (above == null || list != null) && replace(null, observer, observer, list);
  }

  private boolean observedAgain(Observer observer) {
    Link own = linked();
    return own != null && own.add(observer);
  }

  /** Takes {@code observer} out again. */
  final void unobserve(Observer observer) {
    if (WORD.compareAndSet(this, observer, null)) {
      observer.unhang();
      unobserved();
    } else {
      observer.unhang();
      Link own = link();
      if (own != null && observer.equals(own.lone)) {
        own.lone = null;
      }
    }
  }

  /** Called when the only observer was taken out. */
  void unobserved() {}

  /** What the timer of a deadline must keep: whatever observes. */
  final @Nullable Object observed() {
    Object own = word;
    return own instanceof End ? null : own;
  }
}
