package dev.belay.group;

import dev.belay.kernel.Names;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The groups that the calling thread has open, each opened inside the one before (R35). */
final class OpenGroups {
  // A reference in an array, not a class of ours, which would keep our class loader alive with
  // every thread of a pool. Held weakly: a group dropped without a close is no leak of its thread.
  private static final ThreadLocal<@Nullable Object[]> INNERMOST =
      ThreadLocal.withInitial(() -> new @Nullable Object[1]);

  private OpenGroups() {}

  /** The group that was opened last and not closed. */
  static @Nullable TaskGroup<?, ?, ?> innermost() {
    return INNERMOST.get()[0] instanceof WeakReference<?> reference
        ? (TaskGroup<?, ?, ?>) reference.get()
        : null;
  }

  static void innermost(@Nullable TaskGroup<?, ?, ?> group) {
    INNERMOST.get()[0] = group == null ? null : new WeakReference<>(group);
  }

  /** Those that were opened after {@code group} and not closed, latest first. */
  static List<TaskGroup<?, ?, ?>> inside(TaskGroup<?, ?, ?> group) {
    var inside = new ArrayList<TaskGroup<?, ?, ?>>();
    for (TaskGroup<?, ?, ?> open = innermost(); open != null; open = open.outer) {
      if (open.equals(group)) {
        return inside;
      }
      inside.add(open);
    }
    return List.of();
  }

  /** Called when a group was closed, in whatever order. */
  static void forgetClosed() {
    @Nullable TaskGroup<?, ?, ?> open = innermost();
    while (open != null && open.isClosed()) {
      open = open.outer;
    }
    innermost(open);
  }

  static IllegalStateException unclosed(TaskGroup<?, ?, ?> group, String before) {
    return new IllegalStateException(
        "%s was not closed %s; it is closed now. Open groups by try-with-resources: it closes them in order"
            .formatted(group, before));
  }

  /** Called when a fork's body has returned. */
  static void requireNone(String fork) {
    TaskGroup<?, ?, ?> open = innermost();
    if (open != null) {
      throw unclosed(open, "by fork " + Names.quoted(fork) + ", which opened it");
    }
  }

  /** Called when a fork's body has failed: a group that it left open must not outlive it. */
  static void closeAll(Throwable failure) {
    for (TaskGroup<?, ?, ?> open = innermost(); open != null; open = innermost()) {
      open.shut();
      open.forks.carrying(failure);
    }
  }
}
