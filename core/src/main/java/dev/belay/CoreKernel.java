package dev.belay;

import dev.belay.spi.Kernel;
import dev.belay.spi.LiveContext;
import dev.belay.spi.TimeSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What {@code dev.belay.spi} reaches of core. */
final class CoreKernel extends Kernel {
  /** Loaded by name from {@link Kernel}; its one instance registers itself. */
  static final CoreKernel INSTANCE = new CoreKernel();

  private CoreKernel() {}

  /** What was bound before; a type of our own, so that a wrong token is told. */
  private record Token(@Nullable Context before) {}

  @Override
  protected Object attach(Context ctx) {
    return new Token(Binding.swap(Require.context(ctx)));
  }

  @Override
  protected void detach(@Nullable Object token) {
    if (!(token instanceof Token(Context before))) {
      throw new IllegalArgumentException("not what attach returned: " + token);
    }
    Binding.swap(before);
  }

  @Override
  protected CancellableContext root(String name, TimeSource time, boolean recordSites) {
    return NamedContext.root(name, time, recordSites);
  }

  @Override
  protected List<LiveContext> live(Context ctx) {
    var found = new ArrayList<LiveContext>();
    CancelContext top = ((AbstractContext) Require.context(ctx)).scope();
    if (top == null) {
      return found;
    }
    var open = new ArrayDeque<Node>();
    Set<CancelContext> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    open.push(new Node(top, 0));
    while (!open.isEmpty()) {
      Node node = open.pop();
      Link link = node.context.link();
      List<Entry> entries = link == null ? List.of() : link.entries();
      if (node.depth > 0 && !node.context.hasEnded()) {
        found.add(node.live(entries));
      }
      for (Entry entry : entries) {
        CancelContext child = entry.context();
        if (child != null && !child.equals(node.context) && seen.add(child)) {
          open.push(new Node(child, node.depth + 1));
        }
      }
    }
    return found;
  }

  private record Node(CancelContext context, int depth) {
    LiveContext live(List<Entry> entries) {
      Link link = context.link();
      int reactions =
          (int) entries.stream().filter(entry -> context.equals(entry.context())).count();
      if (link == null ? context.observed() != null : link.lone != null) {
        reactions++;
      }
      return new LiveContext(context.view(), depth, reactions, link == null ? null : link.site);
    }
  }
}
