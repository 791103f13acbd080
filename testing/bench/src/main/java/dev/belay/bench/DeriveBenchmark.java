package dev.belay.bench;

import dev.belay.CancellableContext;
import dev.belay.Context;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import kotlinx.coroutines.CompletableJob;
import kotlinx.coroutines.JobKt;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;

/** Making and closing a child of a live parent that threads share; nothing observes it. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class DeriveBenchmark {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final CancellableContext parent = Context.background().withCancel();
  private final CancellableContext root = Context.root("tracked");
  private final io.grpc.Context.CancellableContext grpc = io.grpc.Context.ROOT.withCancellation();
  private final CompletableJob job = JobKt.Job(null);
  private final ScheduledExecutorService timers = Executors.newScheduledThreadPool(1);

  /** Ends what was begun. */
  @TearDown
  public void end() {
    parent.close();
    root.close();
    timers.shutdownNow();
  }

  /** Belay's. */
  @Benchmark
  public void withCancel() {
    parent.withCancel().close();
  }

  /** Belay's on two threads. */
  @Benchmark
  @Threads(2)
  public void withCancelOnTwoThreads() {
    parent.withCancel().close();
  }

  /** Belay's below a root, whose contexts are tracked. */
  @Benchmark
  public void withCancelTracked() {
    root.withCancel().close();
  }

  /** Belay's with a time-out. */
  @Benchmark
  public void withTimeout() {
    parent.withTimeout(MINUTE).close();
  }

  /** gRPC's. */
  @Benchmark
  public void grpcWithCancellation() {
    grpc.withCancellation().cancel(null);
  }

  /** gRPC's with a deadline. */
  @Benchmark
  public void grpcWithDeadline() {
    grpc.withDeadlineAfter(1, TimeUnit.MINUTES, timers).cancel(null);
  }

  /** Kotlin's. */
  @Benchmark
  public void kotlinJob() {
    JobKt.Job(job).complete();
  }

  /** Kotlin's on two threads. */
  @Benchmark
  @Threads(2)
  public void kotlinJobOnTwoThreads() {
    JobKt.Job(job).complete();
  }
}
