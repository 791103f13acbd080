package dev.belay.group;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** One fork for each item: what {@link TaskGroup#map} does in a group of its own. */
final class Items {
  private Items() {}

  /** Forks all, joins, and closes the group. */
  static <T extends @Nullable Object, R extends @Nullable Object, X extends Exception> List<R> map(
      TaskGroup<R, List<R>, Exception> opened,
      Iterable<? extends T> items,
      ContextFunction<? super T, ? extends R, ? extends X> fn)
      throws X, InterruptedException {
    try (opened) {
      forkAll(opened, items, fn);
      return opened.join();
    } catch (InterruptedException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      @SuppressWarnings("unchecked") // fn throws nothing else that is checked
      X declared = (X) e;
      throw declared;
    }
  }

  private static <T extends @Nullable Object, R extends @Nullable Object> void forkAll(
      TaskGroup<R, ?, ?> group,
      Iterable<? extends T> items,
      ContextFunction<? super T, ? extends R, ?> fn) {
    int number = 0;
    try {
      for (T item : items) {
        group.fork("item " + number++, c -> fn.apply(c, item));
        if (group.context().isDone()) {
          return;
        }
      }
    } catch (Throwable e) { // an iterator may throw what it does not declare
      group.cancel(); // there will be no join
      throw e;
    }
  }
}
