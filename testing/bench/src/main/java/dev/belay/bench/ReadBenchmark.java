package dev.belay.bench;

import dev.belay.CancellableContext;
import dev.belay.Context;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import kotlinx.coroutines.Job;
import kotlinx.coroutines.JobKt;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Reading the state of a context that lives. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ReadBenchmark {
  /** How many contexts lie above the one that is read, the top included. */
  @Param({"1", "10", "100"})
  public int depth;

  private CancellableContext top = Context.background().withCancel();
  private Context live = top;
  private Context limited = top;
  private io.grpc.Context grpc = io.grpc.Context.ROOT;
  private Job job = JobKt.Job(null);

  /** Builds the chains. */
  @Setup
  public void chains() {
    limited = top.withTimeout(Duration.ofHours(1));
    for (int i = 1; i < depth; i++) {
      live = live.withCancel();
      limited = limited.withCancel();
      grpc = grpc.withCancellation();
      job = JobKt.Job(job);
    }
    live = live.withCancel();
    limited = limited.withCancel();
    grpc = grpc.withCancellation();
  }

  /** Ends them. */
  @TearDown
  public void end() {
    top.close();
  }

  /** Belay's. */
  @Benchmark
  public boolean isDone() {
    return live.isDone();
  }

  /** Belay's, below a deadline that no timer watches. */
  @Benchmark
  public boolean isDoneWithDeadline() {
    return limited.isDone();
  }

  /** gRPC's. */
  @Benchmark
  public boolean grpcIsCancelled() {
    return grpc.isCancelled();
  }

  /** Kotlin's. */
  @Benchmark
  public boolean kotlinIsActive() {
    return job.isActive();
  }
}
