package dev.belay;

import dev.belay.kernel.Names;
import dev.belay.spi.TimeSource;
import java.time.Duration;
import java.util.LinkedHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What the time of one deadline is spent on: the calls under a name, together for each name, of the
 * last {@value #KEPT} names (R31).
 */
final class Steps {
  private static final int KEPT = 16;

  /** The calls under one name. Guarded by the monitor of its {@link Steps}. */
  static final class Step {
    private final DeadlineContext limiter;
    private final String name;
    private int calls;

    /** How many of them run: one within another, or side by side. */
    private int running;

    /** When the first of those that run began. */
    private long since;

    /** How long at least one ran, until the last time that none did, in nanoseconds. */
    private long spent;

    private Step(DeadlineContext limiter, String name) {
      this.limiter = limiter;
      this.name = name;
    }

    private long spent(long now) {
      return running == 0 ? spent : spent + now - since;
    }
  }

  /**
   * One of the calls.
   *
   * @param estimate how long they take; null if there are too many to know
   * @param since when it began
   */
  record Call(Step step, @Nullable StepEstimate estimate, long since) {}

  /** By name, the one that has begun last at the end. */
  private final LinkedHashMap<String, Step> kept = new LinkedHashMap<>();

  /**
   * Begins a call if {@code ctx} got a name below the owner of its deadline, and it is not the name
   * of the step that runs already.
   *
   * @param outer what the thread has run under so far
   * @throws DeadlineExceededException if it cannot finish in the time left
   */
  @SuppressWarnings("ReferenceEquality") // a call within a step is part of it if it is one frame
  static @Nullable Call begin(AbstractContext ctx, @Nullable AbstractContext outer) {
    NamedContext label = ctx.frame().label;
    if (outer != null && outer.frame().label == label) {
      return null;
    }
    CancelContext scope = label.scope();
    DeadlineContext limiter = scope == null ? null : scope.limiter();
    if (limiter == null || !limiter.covers(ctx)) {
      return null;
    }
    long now = limiter.time().nanoTime();
    StepEstimates estimates = label.environment.estimates();
    estimates.require(label, ctx, limiter, now);
    Step step = limiter.limit().steps().begin(limiter, label.name, now);
    return new Call(step, estimates.of(label), now);
  }

  /** The call is over. */
  static void end(@Nullable Call call, boolean succeeded) {
    if (call == null) {
      return;
    }
    DeadlineContext limiter = call.step.limiter;
    long now = limiter.time().nanoTime();
    limiter.limit().steps().ended(call.step, now);
    if (call.estimate == null) {
      return;
    }
    if (succeeded) {
      call.estimate.succeeded(now - call.since);
    } else if (limiter.hasPassed()) {
      call.estimate.cutShort();
    }
  }

  private synchronized Step begin(DeadlineContext limiter, String name, long now) {
    Step known = kept.remove(name);
    Step step = known == null ? new Step(limiter, name) : known;
    if (kept.size() == KEPT) {
      kept.pollFirstEntry();
    }
    kept.put(name, step);
    step.calls++;
    if (step.running++ == 0) {
      step.since = now;
    }
    return step;
  }

  private synchronized void ended(Step step, long now) {
    if (--step.running == 0) {
      step.spent += now - step.since;
    }
  }

  /** For example {@code in "charge": auth 120ms, stock 310ms (2 calls), charge 1.57s}. */
  String story(TimeSource time) {
    return story(time.nanoTime());
  }

  private synchronized String story(long now) {
    String current = null;
    var parts = new StringBuilder();
    for (Step step : kept.values()) {
      current = step.running > 0 ? step.name : current;
      parts
          .append(parts.isEmpty() ? ": " : ", ")
          .append(Names.shown(step.name))
          .append(' ')
          .append(Names.time(Duration.ofNanos(step.spent(now))))
          .append(step.calls > 1 ? " (" + step.calls + " calls)" : "");
    }
    return (current == null ? "" : " in " + Names.quoted(current)) + parts;
  }
}
