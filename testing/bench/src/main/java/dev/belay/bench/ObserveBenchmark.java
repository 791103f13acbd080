package dev.belay.bench;

import dev.belay.CancellableContext;
import dev.belay.Context;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import kotlin.Unit;
import kotlinx.coroutines.CompletableJob;
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
import org.openjdk.jmh.annotations.Threads;

/** Making, observing and closing a child that has observed siblings; closing runs the reaction. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ObserveBenchmark {
  private static final Executor INLINE = Runnable::run;

  /** How many siblings are observed meanwhile. */
  @Param({"0", "1000", "100000"})
  public int siblings;

  private final CancellableContext parent = Context.background().withCancel();
  private final CompletableJob job = JobKt.Job(null);
  private final List<Object> held = new ArrayList<>();

  /** Makes the siblings. */
  @Setup
  public void siblings() {
    for (int i = 0; i < siblings; i++) {
      CancellableContext child = parent.withCancel();
      child.onDone(ObserveBenchmark::nothing, INLINE);
      held.add(child);
      held.add(JobKt.Job(job));
    }
    System.gc(); // siblings that have been there for long, not moved about while we measure
  }

  /** Ends them. */
  @TearDown
  public void end() {
    parent.close();
  }

  /** Belay's. */
  @Benchmark
  public void observe() {
    CancellableContext child = parent.withCancel();
    child.onDone(ObserveBenchmark::nothing, INLINE);
    child.close();
  }

  /** Belay's on two threads. */
  @Benchmark
  @Threads(2)
  public void observeOnTwoThreads() {
    observe();
  }

  /** Kotlin's. */
  @Benchmark
  public void kotlinInvokeOnCompletion() {
    CompletableJob child = JobKt.Job(job);
    child.invokeOnCompletion(cause -> Unit.INSTANCE);
    child.complete();
  }

  /** Kotlin's on two threads. */
  @Benchmark
  @Threads(2)
  public void kotlinOnTwoThreads() {
    kotlinInvokeOnCompletion();
  }

  private static void nothing() {}
}
