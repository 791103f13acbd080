package dev.belay.bench;

import dev.belay.CancellableContext;
import dev.belay.Context;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Making, observing and closing a child with a time-out while other time-outs are outstanding. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class TimerBenchmark {
  private static final Executor INLINE = Runnable::run;
  private static final Duration MINUTE = Duration.ofMinutes(1);

  /** How many are outstanding. */
  @Param({"40", "400000"})
  public int outstanding;

  private final CancellableContext parent = Context.background().withCancel();
  private final ScheduledThreadPoolExecutor timers = new ScheduledThreadPoolExecutor(1);
  private final List<Object> held = new ArrayList<>();

  /** Sets the others, an hour to two from now. */
  @Setup
  public void outstanding() {
    timers.setRemoveOnCancelPolicy(true);
    for (int i = 0; i < outstanding; i++) {
      long seconds = 3600L + i % 3600;
      CancellableContext child = parent.withTimeout(Duration.ofSeconds(seconds));
      child.onDone(TimerBenchmark::nothing, INLINE);
      held.add(child);
      held.add(timers.schedule(TimerBenchmark::nothing, seconds, TimeUnit.SECONDS));
    }
  }

  /** Ends them. */
  @TearDown
  public void end() {
    parent.close();
    timers.shutdownNow();
  }

  /** Belay's. */
  @Benchmark
  public void observeWithTimeout() {
    CancellableContext child = parent.withTimeout(MINUTE);
    child.onDone(TimerBenchmark::nothing, INLINE);
    child.close();
  }

  /** The JDK's scheduler, for the timer alone. */
  @Benchmark
  public void scheduledThreadPool() {
    timers.schedule(TimerBenchmark::nothing, 60, TimeUnit.SECONDS).cancel(false);
  }

  private static void nothing() {}
}
