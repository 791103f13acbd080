package dev.belay;

import dev.belay.spi.LiveContext;
import dev.belay.spi.LiveThread;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A context as an {@link Inspection} found it. */
final class Seen implements LiveContext {
  private final CancelContext context;
  private final @Nullable Link link;
  private final long parent;
  private final int depth;
  private final List<Observer> watchers;
  private final int children;

  /** Given to the inspection, and then let go of. */
  private List<CancelContext> below;

  Seen(CancelContext context, @Nullable Seen above) {
    this.context = context;
    this.parent = above == null ? 0 : above.id();
    this.depth = above == null ? 0 : above.depth + 1;
    this.link = context.link();
    if (link == null) {
      watchers = context.observed() instanceof Observer alone ? List.of(alone) : List.of();
      below = List.of();
    } else {
      List<Entry> entries = link.entries();
      watchers = watchers(link, entries);
      below = below(entries);
    }
    children = below.size();
  }

  @SuppressWarnings("ReferenceEquality") // the very context
  private List<Observer> watchers(Link of, List<Entry> entries) {
    var found = new ArrayList<Observer>(2);
    for (Entry entry : entries) {
      if (entry instanceof Observer observer && observer.context() == context) {
        found.add(observer);
      }
    }
    Observer alone = of.lone;
    if (alone != null) {
      found.add(alone);
    }
    return found;
  }

  /**
   * The contexts that hang in {@code entries}, each once: one that was a leaf with an observer and
   * then got a link hangs there with both.
   */
  @SuppressWarnings("ReferenceEquality") // the very context
  private List<CancelContext> below(List<Entry> entries) {
    var found = new ArrayList<CancelContext>(entries.size());
    Set<CancelContext> twice = Collections.emptySet();
    for (Entry entry : entries) {
      CancelContext child = entry.context();
      if (child == null || child == context) {
        continue;
      }
      if (entry instanceof Observer && child.link() != null) {
        twice = twice.isEmpty() ? Collections.newSetFromMap(new IdentityHashMap<>()) : twice;
        twice.add(child);
      } else {
        found.add(child);
      }
    }
    if (!twice.isEmpty()) {
      found.forEach(twice::remove);
      found.addAll(twice); // linked after its lane was copied
    }
    return found;
  }

  static long id(CancelContext context) {
    return (long) System.identityHashCode(context.frame) << 32 | System.identityHashCode(context);
  }

  /** The contexts that hang below, once. */
  List<CancelContext> takeBelow() {
    List<CancelContext> taken = below;
    below = List.of();
    return taken;
  }

  @Override
  public Context context() {
    return context.view();
  }

  @Override
  public long id() {
    return id(context);
  }

  @Override
  public long parent() {
    return parent;
  }

  @Override
  public int depth() {
    return depth;
  }

  @Override
  public String name() {
    return Path.below(context);
  }

  @Override
  public Kind kind() {
    if (context.equals(context.frame.environment().root)) {
      return Kind.ROOT;
    }
    return switch (context) {
      case DeadlineContext ignored -> Kind.DEADLINE;
      case MergedContext ignored -> Kind.MERGED;
      case CancelContext ignored -> Kind.CANCEL;
    };
  }

  @Override
  public long leftNanos() {
    DeadlineContext limiter = context.limiter();
    return limiter == null ? Long.MAX_VALUE : Math.max(0, limiter.leftNanos());
  }

  @Override
  public @Nullable Duration ownLimit() {
    return context instanceof DeadlineContext own ? own.timeout() : null;
  }

  @Override
  public long ageSeconds() {
    if (context instanceof DeadlineContext own) {
      return own.timeout().minusNanos(own.leftNanos()).toSeconds();
    }
    return link == null ? -1 : link.seconds();
  }

  @Override
  public int children() {
    return children;
  }

  @Override
  public int reactions() {
    return watchers.size();
  }

  @Override
  public List<LiveThread> threads() {
    return watchers.stream()
        .filter(LiveThread.class::isInstance)
        .map(LiveThread.class::cast)
        .toList();
  }

  @Override
  public @Nullable Throwable site() {
    return link == null ? null : link.site;
  }

  @Override
  public String toString() {
    return context.toString();
  }
}
