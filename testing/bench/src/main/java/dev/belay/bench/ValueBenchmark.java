package dev.belay.bench;

import dev.belay.Context;
import dev.belay.ContextKey;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Looking a value up, and adding one, where others are present. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ValueBenchmark {
  private static final ContextKey<String> NEW = ContextKey.named("new", String.class);
  private static final io.grpc.Context.Key<String> GRPC_NEW = io.grpc.Context.key("new");
  private static final io.opentelemetry.context.ContextKey<String> OTEL_NEW =
      io.opentelemetry.context.ContextKey.named("new");

  /** How many values are present. */
  @Param({"1", "8", "10", "32", "100"})
  public int values;

  private Context ctx = Context.background();
  private ContextKey<String> key = NEW;
  private io.grpc.Context grpc = io.grpc.Context.ROOT;
  private io.grpc.Context.Key<String> grpcKey = GRPC_NEW;
  private io.opentelemetry.context.Context otel = io.opentelemetry.context.Context.root();
  private io.opentelemetry.context.ContextKey<String> otelKey = OTEL_NEW;

  /** Adds the values; the first one is looked up. */
  @Setup
  public void values() {
    for (int i = 0; i < values; i++) {
      ContextKey<String> next = ContextKey.named("key" + i, String.class);
      io.grpc.Context.Key<String> grpcNext = io.grpc.Context.key("key" + i);
      var otelNext = io.opentelemetry.context.ContextKey.<String>named("key" + i);
      ctx = ctx.withValue(next, "value");
      grpc = grpc.withValue(grpcNext, "value");
      otel = otel.with(otelNext, "value");
      if (i == 0) {
        key = next;
        grpcKey = grpcNext;
        otelKey = otelNext;
      }
    }
  }

  /** Belay's. */
  @Benchmark
  public @Nullable Object get() {
    return ctx.get(key);
  }

  /** gRPC's. */
  @Benchmark
  public @Nullable Object grpcGet() {
    return grpcKey.get(grpc);
  }

  /** OpenTelemetry's. */
  @Benchmark
  public @Nullable Object otelGet() {
    return otel.get(otelKey);
  }

  /** Belay's. */
  @Benchmark
  public Object withValue() {
    return ctx.withValue(NEW, "value");
  }

  /** gRPC's. */
  @Benchmark
  public Object grpcWithValue() {
    return grpc.withValue(GRPC_NEW, "value");
  }

  /** OpenTelemetry's. */
  @Benchmark
  public Object otelWith() {
    return otel.with(OTEL_NEW, "value");
  }
}
