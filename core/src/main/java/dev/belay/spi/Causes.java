package dev.belay.spi;

import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Looks along a failure's chain of causes, which may be long or a circle: 16 links, not more. */
public final class Causes {
  /** More wrappers than this are not an application's. */
  private static final int DEEPEST = 16;

  private Causes() {}

  /** The first of {@code failure}, its cause, and so on, that {@code wanted} accepts, or null. */
  public static @Nullable Throwable first(
      @Nullable Throwable failure, Predicate<? super Throwable> wanted) {
    Throwable t = failure;
    for (int i = 0; t != null && i < DEEPEST; i++, t = t.getCause()) {
      if (wanted.test(t)) {
        return t;
      }
    }
    return null;
  }
}
