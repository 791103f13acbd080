package dev.belay.spring;

import dev.belay.Context;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ScheduledFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.scheduling.TaskScheduler;
import org.springframework.scheduling.Trigger;

/** Schedules as another scheduler does, each run under a context of its own. */
final class ContextScheduler implements TaskScheduler {
  private final TaskScheduler target;
  private final Supplier<Context> root;
  private final TimeLimits limits;

  ContextScheduler(TaskScheduler target, Supplier<Context> root, TimeLimits limits) {
    this.target = target;
    this.root = root;
    this.limits = limits;
  }

  private Runnable run(Runnable task) {
    return new ScheduledRun(task, root, limits);
  }

  @Override
  public Clock getClock() {
    return target.getClock();
  }

  @Override
  public @Nullable ScheduledFuture<?> schedule(Runnable task, Trigger trigger) {
    return target.schedule(run(task), trigger);
  }

  @Override
  public ScheduledFuture<?> schedule(Runnable task, Instant startTime) {
    return target.schedule(run(task), startTime);
  }

  @Override
  public ScheduledFuture<?> scheduleAtFixedRate(Runnable task, Instant startTime, Duration period) {
    return target.scheduleAtFixedRate(run(task), startTime, period);
  }

  @Override
  public ScheduledFuture<?> scheduleAtFixedRate(Runnable task, Duration period) {
    return target.scheduleAtFixedRate(run(task), period);
  }

  @Override
  public ScheduledFuture<?> scheduleWithFixedDelay(
      Runnable task, Instant startTime, Duration delay) {
    return target.scheduleWithFixedDelay(run(task), startTime, delay);
  }

  @Override
  public ScheduledFuture<?> scheduleWithFixedDelay(Runnable task, Duration delay) {
    return target.scheduleWithFixedDelay(run(task), delay);
  }
}
