package dev.belay;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a context hangs in its parent, and the list of what hangs below it. A context that nobody
 * observes or derives from has none (R26). The list is guarded by the link's monitor, which is held
 * for a few pointer writes only, never while foreign code runs.
 */
final class Link extends Branch {
  /** From here on a chain is more likely a mistake (a context derived in a loop) than meant. */
  private static final int SUSPICIOUS_DEPTH = 10_000;

  /** Stands in the place of a link once a leaf was closed: none may be made any more. */
  static final Link NEVER = new Link(new CancelContext(PlainContext.BACKGROUND, null, null), null);

  private static volatile boolean reported;

  private final int depth;
  private @Nullable Entry first;
  private @Nullable Entry last;
  private boolean drained;

  /** Where the context was made, if its root records that. */
  final @Nullable Throwable site;

  Link(CancelContext owner, @Nullable Link above) {
    super(owner);
    this.depth = above == null ? 1 : above.depth + 1;
    this.site = owner.frame.environment.recordsSites() ? new CreationSite(owner.toString()) : null;
  }

  /** Appends {@code entry}; false, and nothing done, if the owner has ended. */
  synchronized boolean add(Entry entry) {
    if (drained || child.hasEnded()) {
      return false;
    }
    entry.list = this;
    entry.previous = last;
    if (last == null) {
      first = entry;
    } else {
      last.next = entry;
    }
    last = entry;
    return true;
  }

  /** Takes {@code entry} out, unless it is out or the list was drained. */
  synchronized void remove(Entry entry) {
    if (drained || entry.list != this) {
      return;
    }
    if (entry.previous == null) {
      first = entry.next;
    } else {
      entry.previous.next = entry.next;
    }
    if (entry.next == null) {
      last = entry.previous;
    } else {
      entry.next.previous = entry.previous;
    }
    entry.list = null;
    entry.previous = null;
    entry.next = null;
  }

  /** Empties the list for good; the caller owns the returned chain. */
  synchronized @Nullable Entry drain() {
    drained = true;
    Entry head = first;
    first = null;
    last = null;
    return head;
  }

  /** What hangs here now. */
  synchronized List<Entry> entries() {
    var entries = new ArrayList<Entry>();
    for (Entry e = first; e != null; e = e.next) {
      entries.add(e);
    }
    return entries;
  }

  /** Says once per process that a chain is suspiciously deep (R8). Call without a lock. */
  void reportDepth() {
    if (depth == SUSPICIOUS_DEPTH && !reported) {
      reported = true;
      System.getLogger("dev.belay")
          .log(
              System.Logger.Level.WARNING,
              "a chain of {0} contexts: is one derived from itself in a loop? {1}",
              depth,
              child);
    }
  }
}
