package dev.belay;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Ends a subtree: first every context in it, parent before child, then the reactions, parent before
 * child (R3, R18). It loops; nothing recurses over the tree (R8). No foreign code runs before the
 * last context has ended.
 */
final class Walk {
  private final Ending ending;
  private final ArrayDeque<CancelContext> open = new ArrayDeque<>();
  private final List<Reaction> reactions = new ArrayList<>();
  private final List<CancelContext> ended = new ArrayList<>();
  private final List<Ending> others = new ArrayList<>();

  Walk(Ending ending) {
    this.ending = ending;
  }

  /** Walks from {@code origin}, whose own state has been set. */
  void from(CancelContext origin) {
    open.add(origin);
    for (CancelContext context = open.poll(); context != null; context = open.poll()) {
      visit(context);
    }
    ending.walked(others);
    ending.awaitComplete();
    for (CancelContext context : ended) {
      context.released();
    }
    origin.unlink();
    for (Reaction reaction : reactions) {
      reaction.fire();
    }
  }

  private void visit(CancelContext context) {
    ended.add(context);
    Link link = context.link();
    Entry next;
    for (@Nullable Entry entry = link == null ? null : link.drain(); entry != null; entry = next) {
      next = entry.next;
      entry.next = null;
      entry.previous = null;
      switch (entry) {
        case Reaction reaction -> reactions.add(reaction);
        case Branch branch -> descend(branch.child);
      }
    }
  }

  @SuppressWarnings("ReferenceEquality") // whose end came first
  private void descend(CancelContext child) {
    Ending state = child.flip(ending);
    if (state == ending) {
      if (child instanceof MergedContext) {
        child.unlink();
      }
      open.add(child);
    } else {
      others.add(state);
    }
  }
}
