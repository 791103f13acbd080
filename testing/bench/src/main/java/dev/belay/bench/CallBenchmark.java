package dev.belay.bench;

import dev.belay.Canceller;
import dev.belay.Context;
import dev.belay.ContextCallable;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Running an empty body under a context. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class CallBenchmark {
  private static final ThreadLocal<Object> LOCAL = new ThreadLocal<>();
  private static final ScopedValue<Object> SCOPED = ScopedValue.newInstance();

  private final Context ctx = Context.background().withCancel().withCancel();
  private final io.grpc.Context grpc = io.grpc.Context.ROOT.withCancellation();
  private final ContextCallable<Object, RuntimeException> body = c -> c;
  private final Canceller canceller = attempt -> {};

  /** Binds. */
  @Benchmark
  public Object call() {
    return ctx.call(body);
  }

  /** Could be interrupted. */
  @Benchmark
  public Object callInterruptibly() {
    return ctx.callInterruptibly(body);
  }

  /** Could be cancelled. */
  @Benchmark
  public Object callWithCanceller() {
    return ctx.call(canceller, body);
  }

  /** gRPC's binding. */
  @Benchmark
  public Object grpcAttach() {
    io.grpc.Context before = grpc.attach();
    try {
      return io.grpc.Context.current();
    } finally {
      grpc.detach(before);
    }
  }

  /** What a binding by the JDK's means costs. */
  @Benchmark
  public Object scopedValue() {
    return ScopedValue.where(SCOPED, ctx).call(SCOPED::get);
  }

  /** What a swap of a thread-local costs. */
  @Benchmark
  public Object threadLocalSwap() {
    Object before = LOCAL.get();
    LOCAL.set(ctx);
    try {
      return LOCAL.get();
    } finally {
      LOCAL.set(before);
    }
  }
}
