package dev.belay.bench;

import dev.belay.CancellableContext;
import dev.belay.Context;
import dev.belay.ContextKey;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What every request pays: reading, deriving, observing, running. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class ContextBenchmark {
  private static final ContextKey<String> USER = ContextKey.named("user", String.class);
  private static final Duration MINUTE = Duration.ofMinutes(1);

  /** How many contexts lie above the one that is read. */
  @Param({"1", "100"})
  public int depth;

  private Context parent = Context.background();
  private Context live = parent;
  private Context limited = parent;
  private Context valued = parent;

  /** Builds the chains. */
  @Setup
  public void chains() {
    parent = Context.background().withCancel();
    live = parent;
    limited = parent.withTimeout(Duration.ofHours(1));
    for (int i = 0; i < depth; i++) {
      live = live.withCancel();
      limited = limited.withCancel();
    }
    valued = live.withValue(USER, "ada");
  }

  /** Reads the state of a live context. */
  @Benchmark
  public boolean isDone() {
    return live.isDone();
  }

  /** The same with a deadline. */
  @Benchmark
  public boolean isDoneWithDeadline() {
    return limited.isDone();
  }

  /** Looks a value up. */
  @Benchmark
  public Object value() {
    return valued.require(USER);
  }

  /** Makes and closes a child that nobody observes. */
  @Benchmark
  public void createAndClose() {
    parent.withCancel().close();
  }

  /** The same with a time-out. */
  @Benchmark
  public void createAndCloseWithTimeout() {
    parent.withTimeout(MINUTE).close();
  }

  /** Makes, observes and closes a child. */
  @Benchmark
  public void createObserveAndClose() {
    try (CancellableContext child = parent.withCancel()) {
      child.onDone(ContextBenchmark::nothing).stop();
    }
  }

  /** Runs an empty body. */
  @Benchmark
  public Object call() {
    return live.call(ctx -> ctx);
  }

  /** Runs an empty body that could be interrupted. */
  @Benchmark
  public Object callInterruptibly() {
    return live.callInterruptibly(ctx -> ctx);
  }

  /** Runs an empty body that could be cancelled. */
  @Benchmark
  public Object callWithCanceller() {
    return live.call(attempt -> {}, ctx -> ctx);
  }

  private static void nothing() {}
}
