package dev.belay;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The groups that the calling thread has open, each opened inside the one before (R35). */
final class OpenGroups {
  private OpenGroups() {}

  /** Those that were opened after {@code group} and not closed, latest first. */
  static List<TaskGroup<?, ?, ?>> inside(TaskGroup<?, ?, ?> group) {
    var inside = new ArrayList<TaskGroup<?, ?, ?>>();
    for (TaskGroup<?, ?, ?> open = Binding.group(); open != null; open = open.outer) {
      if (open.equals(group)) {
        return inside;
      }
      inside.add(open);
    }
    return List.of();
  }

  /** Called when a group was closed, in whatever order. */
  static void forgetClosed() {
    @Nullable TaskGroup<?, ?, ?> open = Binding.group();
    while (open != null && open.isClosed()) {
      open = open.outer;
    }
    Binding.group(open);
  }

  static IllegalStateException unclosed(TaskGroup<?, ?, ?> group, String before) {
    return new IllegalStateException(
        "%s was not closed %s; it is closed now. Open groups by try-with-resources: it closes them in order"
            .formatted(group, before));
  }

  /** Called when a fork's body has returned. */
  static void requireNone(String fork) {
    TaskGroup<?, ?, ?> open = Binding.group();
    if (open != null) {
      throw unclosed(open, "by fork " + Names.quoted(fork) + ", which opened it");
    }
  }

  /** Called when a fork's body has failed: a group that it left open must not outlive it. */
  static void closeAll(Throwable failure) {
    for (TaskGroup<?, ?, ?> open = Binding.group(); open != null; open = Binding.group()) {
      open.shut();
      open.forks.carrying(failure);
    }
  }
}
