package dev.belay.bench;

import dev.belay.CancellableContext;
import dev.belay.Context;
import dev.belay.Status;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Threads;

/** Reading the state of a context that has ended, on one thread and on two. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class EndedBenchmark {
  private final Context ended = ended();
  private final io.grpc.Context grpc = grpcEnded();

  private static Context ended() {
    CancellableContext top = Context.background().withCancel();
    Context child = top.withCancel();
    top.cancel();
    return child;
  }

  private static io.grpc.Context grpcEnded() {
    var top = io.grpc.Context.ROOT.withCancellation();
    var child = top.withCancellation();
    top.cancel(null);
    return child;
  }

  /** Belay's on one thread. */
  @Benchmark
  public Status status() {
    return ended.status();
  }

  /** Belay's on two threads. */
  @Benchmark
  @Threads(2)
  public Status statusOnTwoThreads() {
    return ended.status();
  }

  /** gRPC's on one thread. */
  @Benchmark
  public boolean grpcIsCancelled() {
    return grpc.isCancelled();
  }
}
