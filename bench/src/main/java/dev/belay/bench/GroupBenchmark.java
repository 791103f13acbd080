package dev.belay.bench;

import dev.belay.CancellableContext;
import dev.belay.Context;
import dev.belay.TaskGroup;
import java.util.concurrent.StructuredTaskScope;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** One task on a thread of its own, awaited. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class GroupBenchmark {
  private final CancellableContext parent = Context.background().withCancel();
  private volatile int result = 42;

  /** Ends what was begun. */
  @TearDown
  public void end() {
    parent.close();
  }

  /** Belay's. */
  @Benchmark
  public int group() throws Exception {
    try (var group = TaskGroup.<Integer>open(parent)) {
      var fork = group.fork("task", ctx -> result);
      group.join();
      return fork.get();
    }
  }

  /** The JDK's. */
  @Benchmark
  @SuppressWarnings("preview") // the peer, JDK 25's form
  public int structuredTaskScope() throws Exception {
    try (var scope = StructuredTaskScope.<Integer>open()) {
      var task = scope.fork(() -> result);
      scope.join();
      return task.get();
    }
  }

  /** The least that one can do. */
  @Benchmark
  public int virtualThread() throws Exception {
    int[] got = new int[1];
    Thread.startVirtualThread(() -> got[0] = result).join();
    return got[0];
  }
}
