package dev.belay;

import dev.belay.kernel.BorrowedThread;
import dev.belay.kernel.Names;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The end of a context and its subtree, as the word of each context in it holds it: how, why, and
 * at which context it began. {@link Ending} is what users see of it.
 */
final class End {
  /** Of a leaf that was closed: most contexts end so, and their stories are made only if asked. */
  static final End LEAF_CLOSED =
      new End(Status.CLOSED, BuiltInCause.CLOSED, NamedContext.BACKGROUND, null).completed();

  final Status status;
  final Throwable cause;
  private final AbstractContext origin;

  /** What has happened, where that says more than whose context ended; null otherwise. */
  private final @Nullable String story;

  /** Null for a close, which must cost next to nothing. */
  private final @Nullable Instant at;

  /** Made when it is asked for. Guarded by the monitor. */
  private @Nullable Ending ending;

  /** What spreads this end; set before the end can be seen, null if nothing hangs below. */
  @Nullable Walk walk;

  /** The ends of walks that had been at contexts below before this end's walk came by. */
  private List<End> others = List.of();

  /** Whether this end's walk has been everywhere; publishes {@link #others}. */
  private volatile boolean walked;

  private End(Status status, Throwable cause, AbstractContext origin, @Nullable String story) {
    this.status = status;
    this.cause = cause;
    this.origin = origin;
    this.story = story;
    this.at = status == Status.CLOSED ? null : origin.time().instant();
  }

  /**
   * A cancel.
   *
   * @param story null if the owner of the context has called it
   */
  static End cancelled(CancelContext origin, Throwable cause, @Nullable String story) {
    return new End(Status.CANCELLED, cause, origin, story);
  }

  static End closed(CancelContext origin) {
    return new End(Status.CLOSED, BuiltInCause.CLOSED, origin, null);
  }

  static End deadline(DeadlineContext origin, Throwable cause, String timeStory) {
    return new End(Status.DEADLINE_EXCEEDED, cause, origin, timeStory);
  }

  /**
   * The public form: the identical object at each call. Made without the lock: a cause is foreign.
   */
  Ending ending() {
    synchronized (this) {
      if (ending != null) {
        return ending;
      }
    }
    Instant when = at == null ? origin.time().instant() : at;
    var made = new Ending(status, cause, message(), when, origin);
    synchronized (this) {
      ending = ending == null ? made : ending;
      return ending;
    }
  }

  private String message() {
    if (status == Status.CLOSED) {
      return "closed by its owner, " + origin.owner();
    }
    String message = story == null ? "cancelled by the owner of " + origin.owner() : story;
    boolean complete = status == Status.DEADLINE_EXCEEDED || cause instanceof BuiltInCause;
    return complete ? message : message + ": " + described(cause);
  }

  /** What a foreign exception says of itself: it may throw anything, and return null. */
  @SuppressWarnings("ConstantValue") // foreign code may return null
  private static String described(Throwable cause) {
    String known = cause.getClass().getName();
    var caller = BorrowedThread.borrow();
    try {
      @Nullable String text = cause.toString();
      known = text == null ? known : text;
    } catch (Throwable e) {
      // Its class says what it can.
    } finally {
      caller.giveBack();
    }
    return Names.text(known);
  }

  ContextEndedException exception(@Nullable Throwable failure) {
    Throwable because = failure != null ? failure : cause instanceof BuiltInCause ? null : cause;
    Ending story = ending();
    return status == Status.DEADLINE_EXCEEDED
        ? new DeadlineExceededException(story, because)
        : new ContextCancelledException(story, because);
  }

  // ---- when it is complete

  /** An end without a walk: nothing hangs below. */
  End completed() {
    walked = true;
    return this;
  }

  /** Notes that the walk has met {@code other}, whose own walk sees to what is below there. */
  void leaves(End other) {
    if (others.isEmpty()) {
      others = new ArrayList<>();
    }
    others.add(other);
  }

  /**
   * Waits until the whole subtree has ended: until this end's walk and all that it left contexts to
   * have been everywhere. No walk waits before it has, so merged contexts, below which two walks
   * can leave contexts to each other, do no harm (R3, R9).
   */
  void awaitComplete() {
    awaitWalked();
    if (others.isEmpty()) {
      return;
    }
    Set<End> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    // No ArrayDeque: it copies by a lambda, which a full heap keeps from being linked, for good.
    var open = new ArrayList<End>(List.of(this));
    while (!open.isEmpty()) {
      End end = open.removeLast();
      if (seen.add(end)) {
        end.awaitWalked();
        open.addAll(end.others);
      }
    }
  }

  /**
   * A walk runs no foreign code and takes no lock for longer than a few writes: it is short, and
   * the wait not worth a queue. One that an error has interrupted is resumed here.
   */
  private void awaitWalked() {
    for (int i = 0; !walked; i++) {
      Walk interrupted = walk;
      if (interrupted != null && interrupted.isStopped()) {
        interrupted.run();
      } else if (i < 100) {
        Thread.onSpinWait();
      } else {
        LockSupport.parkNanos(this, 50_000);
      }
    }
  }
}
