package dev.belay;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Ends a subtree: first every context in it, parent before child, then the reactions, parent before
 * child (R3, R18). It loops; nothing recurses over the tree (R8). No foreign code runs before the
 * last context has ended.
 *
 * <p>Who ends a context owns what hung below it: the value that its word had before.
 */
final class Walk {
  private final Ending ending;
  private final ArrayDeque<Link> open = new ArrayDeque<>();
  private final Chain reactions = new Chain();
  private final Chain deeper = new Chain();
  private final List<DeadlineContext> timed = new ArrayList<>();
  private final List<Link> merged = new ArrayList<>();
  private final List<Ending> others = new ArrayList<>();

  /** Reactions in the order in which they are to be fired, linked by the pointers we own. */
  private static final class Chain {
    private @Nullable Entry first;
    private @Nullable Entry last;

    void add(Entry entry) {
      entry.next = null;
      if (last == null) {
        first = entry;
      } else {
        last.next = entry;
      }
      last = entry;
    }

    void addAll(Chain more) {
      if (more.first == null) {
        return;
      }
      if (last == null) {
        first = more.first;
      } else {
        last.next = more.first;
      }
      last = more.last;
      more.first = null;
      more.last = null;
    }
  }

  Walk(Ending ending) {
    this.ending = ending;
  }

  /**
   * Walks from {@code origin}, which this walk's end has just ended.
   *
   * @param below what its word was before
   */
  void from(CancelContext origin, @Nullable Object below) {
    Link link = below instanceof Link linked ? linked : null;
    // It hangs in the context above, whose walk may own its pointers: it stays out of the chains.
    Reaction alone = link == null ? (Reaction) below : link.lone;
    ended(origin);
    if (link != null) {
      open.add(link);
      generations();
    }
    ending.walked(others);
    ending.awaitComplete();
    for (DeadlineContext context : timed) {
      context.released();
    }
    // Only now: a walk from above that comes by must find them, and wait.
    for (Link both : merged) {
      both.unhang();
    }
    if (link != null) {
      link.unhang();
    } else if (alone != null) {
      alone.unhang();
    }
    fire(alone);
  }

  /** A generation at a time, so that no reaction overtakes one of a context above. */
  private void generations() {
    while (!open.isEmpty()) {
      for (int i = open.size(); i > 0; i--) {
        open.remove().drain(this);
      }
      reactions.addAll(deeper);
    }
  }

  /** Visits what hung in one lane of {@code link}; its pointers are ours now. */
  @SuppressWarnings("ReferenceEquality") // whose reaction it is
  void visit(@Nullable Entry chain, Link link) {
    CancelContext owner = link.get();
    Entry next;
    for (@Nullable Entry entry = chain; entry != null; entry = next) {
      next = entry.next;
      CancelContext context = entry.context();
      if (context != null && context == owner) {
        reactions.add(entry);
      } else if (context != null && descend(context) && entry instanceof Reaction) {
        deeper.add(entry);
      }
    }
  }

  /** Ends {@code child}; the answer is whether its end is ours. */
  @SuppressWarnings("ReferenceEquality") // whose end came first
  private boolean descend(CancelContext child) {
    Object before = child.flip(ending);
    if (before == ending) {
      return true; // met before, by another entry
    }
    if (before instanceof Ending other) {
      others.add(other);
      return false;
    }
    ended(child);
    if (before instanceof Link link) {
      if (link.merges()) {
        merged.add(link);
      }
      open.add(link);
    }
    return true;
  }

  private void ended(CancelContext context) {
    if (context instanceof DeadlineContext deadline && deadline.hasAlarm()) {
      timed.add(deadline);
    }
  }

  private void fire(@Nullable Reaction alone) {
    if (alone != null) {
      alone.fire();
    }
    Entry next;
    for (Entry entry = reactions.first; entry != null; entry = next) {
      next = entry.next;
      entry.next = null;
      ((Reaction) entry).fire();
    }
  }
}
