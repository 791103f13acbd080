package dev.belay;

import dev.belay.spi.LiveVisitor;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One look at the live tree, parent before child. It does not recurse, and holds one lane's lock at
 * a time, for a copy of what hangs there.
 */
final class Inspection {
  private final LiveVisitor visitor;

  /** A merged context hangs in two. */
  private final Set<CancelContext> merged = Collections.newSetFromMap(new IdentityHashMap<>());

  private final ArrayDeque<Level> open = new ArrayDeque<>();

  /** What is left to visit of the contexts below one. */
  private record Level(Seen above, Iterator<CancelContext> below) {}

  Inspection(LiveVisitor visitor) {
    this.visitor = visitor;
  }

  /** The linked contexts with none above. */
  static List<CancelContext> roots() {
    return Link.TOPS.entries().stream()
        .map(Entry::context)
        .filter(Objects::nonNull)
        .filter(top -> !top.hasEnded())
        .toList();
  }

  void visitAll(List<CancelContext> tops) {
    for (CancelContext top : tops) {
      if (!visit(top)) {
        return;
      }
    }
  }

  /** False if the visitor wants no more. */
  private boolean visit(CancelContext top) {
    boolean goOn = show(top, null);
    while (goOn && !open.isEmpty()) {
      Level level = open.getLast();
      if (level.below.hasNext()) {
        goOn = show(level.below.next(), level.above);
      } else {
        open.removeLast();
      }
    }
    return goOn;
  }

  private boolean show(CancelContext context, @Nullable Seen above) {
    if (context instanceof MergedContext && !merged.add(context)) {
      return true;
    }
    var seen = new Seen(context, above);
    if (context.hasEnded()) {
      return true;
    }
    List<CancelContext> below = seen.takeBelow();
    if (!below.isEmpty()) {
      open.addLast(new Level(seen, below.iterator()));
    }
    return visitor.visit(seen);
  }
}
