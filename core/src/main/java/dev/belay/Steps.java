package dev.belay;

import dev.belay.kernel.Names;
import dev.belay.spi.TimeSource;
import java.time.Duration;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** What the time of one deadline is spent on: the last {@value #KEPT} calls under a name (R31). */
final class Steps {
  private static final int KEPT = 16;

  /** One call. Guarded by the monitor of its {@link Steps}. */
  static final class Step {
    private final DeadlineContext limiter;
    private final String name;
    private final long began;
    private long ended = -1;

    private Step(DeadlineContext limiter, String name) {
      this.limiter = limiter;
      this.name = name;
      this.began = limiter.time().nanoTime();
    }
  }

  private final ArrayDeque<Step> kept = new ArrayDeque<>(KEPT);

  /**
   * Begins a step if {@code ctx} got a name below the owner of its deadline, and it is not the name
   * of the step that runs already.
   *
   * @param outer what the thread has run under so far
   */
  @SuppressWarnings("ReferenceEquality") // two names are the same step only if they are one frame
  static @Nullable Step begin(AbstractContext ctx, @Nullable AbstractContext outer) {
    NamedContext label = ctx.frame().label;
    if (outer != null && outer.frame().label == label) {
      return null;
    }
    CancelContext scope = label.scope();
    DeadlineContext limiter = scope == null ? null : scope.limiter();
    if (limiter == null || !limiter.covers(ctx)) {
      return null;
    }
    return limiter.limit().steps().begin(new Step(limiter, label.name));
  }

  static void end(@Nullable Step step) {
    if (step != null) {
      step.limiter.limit().steps().end(step, step.limiter.time().nanoTime());
    }
  }

  private synchronized Step begin(Step step) {
    if (kept.size() == KEPT) {
      kept.removeFirst();
    }
    kept.addLast(step);
    return step;
  }

  private synchronized void end(Step step, long now) {
    step.ended = now;
  }

  /** For example {@code in "charge": auth 120ms, stock 310ms, charge 1.57s}. */
  String story(TimeSource time) {
    return story(time.nanoTime());
  }

  private synchronized String story(long now) {
    String running = null;
    var parts = new StringBuilder();
    for (Step step : kept) {
      boolean open = step.ended < 0;
      if (open) {
        running = step.name;
      }
      parts
          .append(parts.isEmpty() ? ": " : ", ")
          .append(Names.shown(step.name))
          .append(' ')
          .append(Names.time(Duration.ofNanos((open ? now : step.ended) - step.began)));
    }
    return (running == null ? "" : " in " + Names.quoted(running)) + parts;
  }
}
