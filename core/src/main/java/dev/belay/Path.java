package dev.belay;

import dev.belay.kernel.Names;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The text of a context: the names from the root down, with deadlines, time left and the end (R30).
 * Of a long chain only both ends are shown (R8).
 */
final class Path {
  private static final int SHOWN = 12;

  private final boolean active;
  private final List<String> lower = new ArrayList<>();
  private final ArrayDeque<String> upper = new ArrayDeque<>();
  private long elided;
  private String suffix = "";

  /** So many contexts {@link #near} looks at. */
  private static final int NEAR = 64;

  private Path(boolean active) {
    this.active = active;
  }

  static String of(AbstractContext leaf, boolean withState) {
    Status status = withState ? leaf.status() : Status.ACTIVE;
    var path = new Path(status == Status.ACTIVE);
    for (@Nullable AbstractContext c = leaf; c != null; c = c.parent()) {
      switch (c) {
        case NamedContext frame -> path.name(frame.name);
        case DeadlineContext deadline when withState -> path.deadline(deadline);
        case PlainContext other -> {}
        case CancelContext other -> {}
      }
    }
    return status == Status.ACTIVE ? path.text() : path.text() + " [" + status + "]";
  }

  /**
   * The names nearest to {@code leaf}, for a text that must not cost more the deeper the leaf is.
   */
  static String near(AbstractContext leaf) {
    var path = new Path(false);
    @Nullable AbstractContext c = leaf;
    for (int i = 0; c != null && i < NEAR; i++, c = c.parent()) {
      if (c instanceof NamedContext frame) {
        path.name(frame.name);
      }
    }
    return (c == null ? "" : "…/") + path.text();
  }

  /**
   * The names that were given between the scope above and {@code scope}, without the background's.
   */
  @SuppressWarnings("ReferenceEquality") // which of two objects
  static String below(CancelContext scope) {
    var path = new Path(false);
    CancelContext upper = scope.upper();
    for (@Nullable AbstractContext c = scope.parent();
        c != null && c != upper && c != NamedContext.BACKGROUND;
        c = c.parent()) {
      if (c instanceof NamedContext frame) {
        path.name(frame.name);
      }
    }
    return path.text();
  }

  private void name(String name) {
    String segment = Names.shown(name) + suffix;
    suffix = "";
    if (lower.size() < SHOWN) {
      lower.add(segment);
      return;
    }
    upper.addLast(segment);
    if (upper.size() > SHOWN) {
      upper.removeFirst();
      elided++;
    }
  }

  private void deadline(DeadlineContext deadline) {
    String left =
        active
            ? ", " + Names.time(Duration.ofNanos(Math.max(0, deadline.leftNanos()))) + " left"
            : "";
    suffix = " [" + Names.time(deadline.timeout()) + left + "]" + suffix;
  }

  private String text() {
    var out = new StringBuilder();
    while (!upper.isEmpty()) {
      out.append(upper.removeLast()).append('/');
    }
    if (elided > 0) {
      out.append("… ").append(elided).append(" more …/");
    }
    for (int i = lower.size() - 1; i >= 0; i--) {
      out.append(lower.get(i)).append(i == 0 ? "" : "/");
    }
    return out.toString();
  }
}
