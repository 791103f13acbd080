package dev.belay.bench;

import dev.belay.CancellableContext;
import dev.belay.Context;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import kotlinx.coroutines.CompletableJob;
import kotlinx.coroutines.JobKt;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Cancelling a million contexts at once, beside each other or below each other. */
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 5)
@Measurement(iterations = 7)
public class CancelBenchmark {
  private static final int MILLION = 1_000_000;
  private static final Executor INLINE = Runnable::run;

  /** A million observed children. */
  @State(Scope.Benchmark)
  public static class Wide {
    private CancellableContext top = Context.background().withCancel();
    private final List<Object> held = new ArrayList<>(MILLION);

    /** Grows the tree. */
    @Setup(Level.Invocation)
    public void grow() {
      held.clear();
      top = Context.background().withCancel();
      for (int i = 0; i < MILLION; i++) {
        CancellableContext child = top.withCancel();
        child.onDone(CancelBenchmark::nothing, INLINE);
        held.add(child);
      }
    }
  }

  /** A chain of a million. */
  @State(Scope.Benchmark)
  public static class Deep {
    private CancellableContext top = Context.background().withCancel();
    private CancellableContext leaf = top;

    /** Grows the chain. */
    @Setup(Level.Invocation)
    public void grow() {
      top = Context.background().withCancel();
      leaf = top;
      for (int i = 0; i < MILLION; i++) {
        leaf = leaf.withCancel();
      }
      leaf.onDone(CancelBenchmark::nothing, INLINE);
    }
  }

  /** A million of Kotlin's jobs below one. */
  @State(Scope.Benchmark)
  public static class KotlinWide {
    private CompletableJob top = JobKt.Job(null);
    private final List<Object> held = new ArrayList<>(MILLION);

    /** Grows the tree. */
    @Setup(Level.Invocation)
    public void grow() {
      held.clear();
      top = JobKt.Job(null);
      for (int i = 0; i < MILLION; i++) {
        held.add(JobKt.Job(top));
      }
    }
  }

  /** Belay's. */
  @Benchmark
  public void children(Wide state) {
    state.top.cancel();
  }

  /** Belay's. */
  @Benchmark
  public boolean chain(Deep state) {
    state.top.cancel();
    return state.leaf.isDone();
  }

  /** Kotlin's. */
  @Benchmark
  public void kotlinChildren(KotlinWide state) {
    state.top.cancel(null);
  }

  private static void nothing() {}
}
