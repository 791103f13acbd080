package dev.belay;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The story of an end: how, why, which context ended first, and when. One object for the whole
 * subtree. It never changes; any thread may read it.
 */
public final class Ending {
  /** A leaf that was closed: most contexts end so, and their stories are told only if asked. */
  static final Ending LEAF_CLOSED =
      new Ending(Status.CLOSED, BuiltInCause.CLOSED, NamedContext.BACKGROUND, null).completed();

  private final Status status;
  private final Throwable cause;
  private final AbstractContext origin;

  /** What has happened, where that says more than who ended it: where the time went, who failed. */
  private final @Nullable String story;

  /** Null until asked for where it is a normal close, which must cost next to nothing. */
  private volatile @Nullable Instant at;

  /** The ends of walks that had been at contexts below before this end's walk came by. */
  private List<Ending> others = List.of();

  /** Whether this end's walk has been everywhere; publishes {@link #others}. */
  private volatile boolean walked;

  private Ending(Status status, Throwable cause, AbstractContext origin, @Nullable String story) {
    this.status = status;
    this.cause = cause;
    this.origin = origin;
    this.story = story;
    if (status != Status.CLOSED) {
      this.at = origin.time().instant();
    }
  }

  static Ending cancelled(CancelContext origin, Throwable cause) {
    return new Ending(Status.CANCELLED, cause, origin, null);
  }

  /** A cancel that nobody called: a fork has decided its group (R33). */
  static Ending decided(CancelContext origin, Throwable cause, String story) {
    return new Ending(Status.CANCELLED, cause, origin, story);
  }

  static Ending closed(CancelContext origin) {
    return new Ending(Status.CLOSED, BuiltInCause.CLOSED, origin, null);
  }

  static Ending deadline(DeadlineContext origin, Throwable cause, String timeStory) {
    return new Ending(Status.DEADLINE_EXCEEDED, cause, origin, timeStory);
  }

  /** How it ended; never {@link Status#ACTIVE}. */
  public Status status() {
    return status;
  }

  /** Why it ended. */
  public Throwable cause() {
    return cause;
  }

  /** The path of the context that ended first. */
  public String path() {
    return origin.path();
  }

  /**
   * When it ended, by the wall clock. Of a normal close: when somebody first asked; a close is not
   * timed, because every request pays for it and next to nobody asks.
   */
  public Instant at() {
    Instant known = at;
    if (known != null) {
      return known;
    }
    Instant now = origin.time().instant();
    synchronized (this) {
      known = at;
      if (known == null) {
        known = now;
        at = now;
      }
      return known;
    }
  }

  /** One sentence: who ended what and why; for a deadline also where the time went (R31). */
  public String message() {
    if (status == Status.CLOSED) {
      return "closed by its owner, " + origin.owner();
    }
    String message = story == null ? "cancelled by the owner of " + origin.owner() : story;
    boolean told = status == Status.DEADLINE_EXCEEDED || cause instanceof BuiltInCause;
    return told ? message : message + ": " + cause;
  }

  ContextEndedException exception(@Nullable Throwable failure) {
    Throwable because = failure != null ? failure : cause instanceof BuiltInCause ? null : cause;
    return status == Status.DEADLINE_EXCEEDED
        ? new DeadlineExceededException(this, message(), because)
        : new ContextCancelledException(this, message(), because);
  }

  /** An end without a walk: nothing hangs below. */
  Ending completed() {
    walked = true;
    return this;
  }

  /** Says that this end's walk has been everywhere, except below contexts of {@code before}. */
  void walked(List<Ending> before) {
    others = before;
    walked = true;
  }

  /**
   * Waits until the whole subtree has ended: until this end's walk and all that it left contexts to
   * have been everywhere. No walk waits before it says so, so merged contexts, below which two
   * walks can leave contexts to each other, do no harm (R3, R9).
   */
  void awaitComplete() {
    awaitWalked();
    if (others.isEmpty()) {
      return;
    }
    Set<Ending> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    var open = new ArrayDeque<Ending>(List.of(this));
    for (Ending ending = open.poll(); ending != null; ending = open.poll()) {
      if (seen.add(ending)) {
        ending.awaitWalked();
        open.addAll(ending.others);
      }
    }
  }

  /**
   * A walk runs no foreign code and takes no lock for longer than a few writes: it is short, and
   * the wait not worth a queue.
   */
  private void awaitWalked() {
    for (int i = 0; !walked; i++) {
      if (i < 100) {
        Thread.onSpinWait();
      } else {
        LockSupport.parkNanos(this, 50_000);
      }
    }
  }

  @Override
  public String toString() {
    return status + " at " + at() + ": " + message() + " (" + path() + ")";
  }
}
