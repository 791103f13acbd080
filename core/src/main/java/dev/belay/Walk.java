package dev.belay;

import dev.belay.kernel.Handles;
import dev.belay.kernel.Unfinished;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * Spreads an end over a subtree: first every context in it ends, parent before child, then the
 * observers are fired, parent before child (R3, R18). It loops; nothing recurses over the tree
 * (R8). No foreign code runs before the last context has ended.
 *
 * <p>A walk owns what hung below the contexts that it ends, and keeps its place in the pointers of
 * those entries. So it needs no memory, and when an error stops it, such as a stack overflow, a
 * thread that waits for the end or the timer thread goes on (R40). For that, a step either changes
 * nothing before a call that may fail, or can be repeated.
 */
final class Walk extends Unfinished.Work {
  private static final VarHandle STOPPED =
      Handles.of(MethodHandles.lookup(), "stopped", boolean.class);

  private final End end;

  /** Where the end began, until its timer was taken. */
  private @Nullable CancelContext origin;

  /** The place of the context where the end began; null if nothing hung below. */
  private final @Nullable Link link;

  /** Its observer that hangs in the context above; its pointers may belong to another walk. */
  private @Nullable Observer alone;

  /** Whether {@link #begin} got as far as its first statement; its caller's. */
  private boolean begun;

  /** Set when an error has stopped the walk; the thread that clears it goes on. */
  private volatile boolean stopped;

  private boolean spread;

  /** The link that is visited, and the entry of it that comes next. */
  private @Nullable Link visiting;

  private @Nullable Entry entry;

  /** Links to visit: by their branches' next pointers. */
  private @Nullable Entry openFirst;

  private @Nullable Entry openLast;

  /** How many of these are as deep as the visited one, and how many are deeper. */
  private int left;

  private int deeper;

  /** Observers in the order in which they are fired: by their next pointers. */
  private @Nullable Entry firedFirst;

  private @Nullable Entry firedLast;

  /** Observers to put behind those, once their generation is complete. */
  private @Nullable Entry laterFirst;

  private @Nullable Entry laterLast;

  /** Merged contexts, to be taken out of both places: by their branches' previous pointers. */
  private @Nullable Entry merged;

  /** Timers to be cancelled. */
  private @Nullable Alarm alarms;

  /**
   * A walk that will spread {@code end}. Made before the end is set: afterwards it must not fail
   * for want of memory.
   *
   * @param below the word of {@code origin}, where the end begins: a link or an observer
   */
  Walk(End end, CancelContext origin, Object below) {
    this.end = end;
    this.origin = origin;
    this.link = below instanceof Link linked ? linked : null;
    this.alone = below instanceof Observer observer ? observer : null;
    this.visiting = link;
  }

  /**
   * Walks from the context whose end was just set. An error that comes before this method has begun
   * is the caller's to report by {@link #stop}.
   */
  void begin() {
    begun = true;
    try {
      walk();
    } catch (Throwable t) {
      stopped = true; // by an assignment, which needs no stack
      Unfinished.add(this);
      throw t;
    }
  }

  /** For the caller of {@link #begin}, after an error: has another thread go on. Idempotent. */
  void stop() {
    if (!begun) {
      begun = true;
      stopped = true;
    }
    Unfinished.add(this);
  }

  /** Goes on after an error, unless another thread has. */
  @Override
  public void run() {
    if (!isStopped() || !STOPPED.compareAndSet(this, true, false)) {
      return;
    }
    // As in begin(): the frame of a method that both call might not fit on the stack.
    try {
      walk();
    } catch (Throwable t) {
      stopped = true;
      Unfinished.add(this);
      throw t;
    }
  }

  /** Whether an error has stopped this walk, and no thread has gone on. */
  boolean isStopped() {
    return stopped;
  }

  private void walk() {
    if (!spread) {
      CancelContext at = origin;
      if (at != null) {
        takeAlarm(at);
        if (link != null) {
          alone = link.lone;
        }
        origin = null;
      }
      endAll();
      spread = true;
    }
    end.completed();
    end.awaitComplete();
    release();
    fireAll();
  }

  // ---- every context ends

  /** A generation at a time, so that no observer is fired before one of a context above. */
  private void endAll() {
    while (visiting != null) {
      if (visiting.site != null) {
        Dropped.ended(visiting);
      }
      visitEntries();
      for (Lane lane = visiting.undrained(); lane != null; lane = visiting.undrained()) {
        entry = lane.drain();
        visitEntries();
      }
      toNextLink();
    }
  }

  private void visitEntries() {
    for (Entry now = entry; now != null; now = entry) {
      Entry next = now.next;
      visit(now);
      entry = next;
    }
  }

  @SuppressWarnings("ReferenceEquality") // whose observer it is
  private void visit(Entry now) {
    CancelContext context = now.context();
    if (context == null) {
      return; // dropped and collected
    }
    if (visiting != null && context == visiting.get()) {
      appendFired(now);
    } else if (isEndedByUs(context)) {
      if (now instanceof Link.Branch branch) {
        appendOpen(branch);
      } else {
        appendLater(now);
      }
    }
  }

  /** Ends {@code child}, unless it has ended; whether its end is ours. */
  @SuppressWarnings("ReferenceEquality") // whose end came first
  private boolean isEndedByUs(CancelContext child) {
    Object before = child.flip(end);
    if (before instanceof End first && first != end) {
      end.leaves(first);
      return false;
    }
    takeAlarm(child);
    return true;
  }

  private void takeAlarm(CancelContext context) {
    if (context instanceof DeadlineContext deadline && deadline.hasAlarm()) {
      Alarm taken = deadline.takeAlarm();
      if (taken != null) {
        taken.next = alarms;
        alarms = taken;
      }
    }
  }

  private void toNextLink() {
    if (left == 0) {
      appendGeneration();
    }
    Entry branch = openFirst;
    if (branch == null) {
      visiting = null;
      return;
    }
    openFirst = branch.next;
    left--;
    visiting = branch instanceof Link.Branch next ? next.link : null;
  }

  // Without calls: each happens as a whole or not at all.

  private void appendOpen(Link.Branch branch) {
    branch.next = null;
    if (openFirst == null) {
      openFirst = branch;
    } else if (openLast != null) {
      openLast.next = branch;
    }
    openLast = branch;
    deeper++;
    if (branch.link.second != null) {
      branch.previous = merged;
      merged = branch;
    }
  }

  private void appendFired(Entry observer) {
    observer.next = null;
    if (firedLast == null) {
      firedFirst = observer;
    } else {
      firedLast.next = observer;
    }
    firedLast = observer;
  }

  private void appendLater(Entry observer) {
    observer.next = null;
    if (laterLast == null) {
      laterFirst = observer;
    } else {
      laterLast.next = observer;
    }
    laterLast = observer;
  }

  private void appendGeneration() {
    left = deeper;
    deeper = 0;
    if (laterFirst != null) {
      if (firedLast == null) {
        firedFirst = laterFirst;
      } else {
        firedLast.next = laterFirst;
      }
      firedLast = laterLast;
      laterFirst = null;
      laterLast = null;
    }
  }

  // ---- then all else

  private void release() {
    for (Alarm alarm = alarms; alarm != null; alarm = alarms) {
      alarm.cancel();
      alarms = alarm.next;
    }
    // Only now: a walk from above that comes by must find them, and wait.
    for (Entry both = merged; both != null; both = merged) {
      if (both instanceof Link.Branch branch) {
        branch.link.unhang();
      }
      merged = both.previous;
    }
    if (link != null) {
      link.unhang();
    } else if (alone != null) {
      alone.unhang();
    }
  }

  /** Fires every observer, also after one that has failed; the first failure is thrown then. */
  private void fireAll() {
    Throwable failure = null;
    Entry failed = null;
    Observer first = alone;
    if (first != null) {
      failure = fire(first);
      alone = failure == null ? null : first;
    }
    for (Entry now = firedFirst; now != null; now = firedFirst) {
      Throwable thrown = fire((Observer) now);
      firedFirst = now.next;
      now.next = null;
      if (thrown != null) {
        now.next = failed;
        failed = now;
        failure = failure == null ? thrown : failure;
      }
    }
    firedFirst = failed;
    if (failure instanceof Error error) {
      throw error;
    } else if (failure instanceof RuntimeException exception) {
      throw exception;
    }
  }

  private static @Nullable Throwable fire(Observer observer) {
    try {
      observer.fire();
      return null;
    } catch (Throwable t) {
      return t;
    }
  }
}
