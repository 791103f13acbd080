package dev.belay.group;

import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * One task of a {@link TaskGroup}, with its result once the group was joined. The group owns,
 * cancels and ends it. Any thread may call any method.
 *
 * @param <T> the result
 */
public sealed interface Fork<T extends @Nullable Object> permits ForkTask {
  /** The name that it was forked under. */
  String name();

  /**
   * Its state: {@code RUNNING} also while it has not begun; {@code CANCELLED} if the end of the
   * group's context kept it from running or stopped it; {@code FAILED} if it threw anything else.
   */
  Future.State state();

  /**
   * The result. The owner of the group joins it first, unless {@link TaskGroup#next} has given it
   * this fork; other threads, such as those that test the condition of {@link TaskGroup#until},
   * need not.
   *
   * @throws IllegalStateException if the owner has not joined the group, or the fork has no result;
   *     the message says which, and what to do
   */
  T get();

  /** What it threw; null if it runs, was never started, or succeeded. */
  @Nullable Throwable failure();
}
