package dev.belay.spring;

import dev.belay.CancellableContext;
import dev.belay.Context;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.scheduling.SchedulingAwareRunnable;

/** What a {@code @Scheduled} method does, each run under a child of the application's root. */
final class ScheduledRun implements SchedulingAwareRunnable {
  private final Runnable task;
  private final Supplier<Context> root;
  private final TimeLimits limits;

  ScheduledRun(Runnable task, Supplier<Context> root, TimeLimits limits) {
    this.task = task;
    this.root = root;
    this.limits = limits;
  }

  @Override
  public void run() {
    String method = task.toString(); // all that Spring's task shows of it
    String name = TimeLimits.shortened(method);
    Duration limit = limits.of(method);
    try (CancellableContext ctx = open(root.get().withName(name), limit)) {
      ctx.run(c -> task.run());
    }
  }

  private static CancellableContext open(Context ctx, @Nullable Duration limit) {
    return limit == null ? ctx.withCancel() : ctx.withTimeout(limit);
  }

  @Override
  public boolean isLongLived() {
    return task instanceof SchedulingAwareRunnable aware && aware.isLongLived();
  }

  @Override
  public @Nullable String getQualifier() {
    return task instanceof SchedulingAwareRunnable aware ? aware.getQualifier() : null;
  }

  @Override
  public String toString() {
    return task.toString();
  }
}
