package dev.belay.time;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Tasks that are due, taken out of a wheel and not yet started. It never grows: taking a timer out
 * must not need memory. For the timer thread alone.
 */
final class Due {
  static final int ROOM = 128;

  private final @Nullable Runnable[] tasks = new @Nullable Runnable[ROOM];
  private int first;
  private int end;

  int room() {
    return ROOM - end;
  }

  boolean isEmpty() {
    return first == end;
  }

  void add(Runnable task) {
    tasks[end++] = task;
  }

  /** Gives all tasks away. One that {@code starter} throws for stays, with those behind it. */
  void giveTo(Consumer<Runnable> starter) {
    while (first < end) {
      Runnable task = tasks[first];
      if (task != null) {
        starter.accept(task);
      }
      tasks[first++] = null;
    }
    first = 0;
    end = 0;
  }
}
