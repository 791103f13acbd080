package dev.belay.otel;

import dev.belay.Context;
import dev.belay.ContextCallable;
import dev.belay.ContextKey;
import dev.belay.http.wire.Trace;
import dev.belay.spi.ContextEvent;
import dev.belay.spi.ContextEvents;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Scope;
import io.opentelemetry.context.propagation.TextMapPropagator;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Begins and ends spans, and says which one a context is under. Immutable.
 *
 * @param tracer makes them
 * @param propagator writes them to other processes
 * @param baggage is in what they make current
 */
record Spans(Tracer tracer, TextMapPropagator propagator, BaggageValues baggage) {
  /** The span that a context was made under, with OpenTelemetry's other values. */
  private static final ContextKey<io.opentelemetry.context.Context> KEY =
      ContextKey.named("span", io.opentelemetry.context.Context.class);

  Spans withBaggage(BaggageValues other) {
    return new Spans(tracer, propagator, other);
  }

  /** What spans made under {@code ctx} have as their parent, on this thread. */
  static io.opentelemetry.context.Context above(Context ctx) {
    var current = io.opentelemetry.context.Context.current();
    var own = ctx.get(KEY);
    if (own == null) {
      return current;
    }
    boolean nearer = isSpan(current) && (!isSpan(own) || traceId(own).equals(traceId(current)));
    return nearer ? current : own;
  }

  /** Whether {@code context} has a span. */
  static boolean isSpan(io.opentelemetry.context.Context context) {
    return Span.fromContext(context).getSpanContext().isValid();
  }

  private static String traceId(io.opentelemetry.context.Context context) {
    return Span.fromContext(context).getSpanContext().getTraceId();
  }

  /** {@code ctx} under the span of {@code context}, if it has one. */
  static Context under(Context ctx, io.opentelemetry.context.Context context) {
    Context below = ctx.withValue(KEY, context);
    SpanContext span = Span.fromContext(context).getSpanContext();
    Trace known = ctx.get(Trace.KEY);
    if (!span.isValid() || (known != null && known.traceId().equals(span.getTraceId()))) {
      return below;
    }
    int flags = span.getTraceFlags().asByte() & 0xff;
    return below.withValue(Trace.KEY, new Trace(span.getTraceId(), span.getSpanId(), flags));
  }

  /**
   * Runs {@code body} in a span, with {@code ctx} under it; binds nothing.
   *
   * @param begin prepares the span
   * @param finish called when the body has returned normally, before the span ends
   */
  @SuppressWarnings("try") // a scope is only closed
  <T extends @Nullable Object, X extends Exception> T call(
      Context ctx,
      String name,
      Consumer<SpanBuilder> begin,
      Consumer<Span> finish,
      ContextCallable<T, X> body)
      throws X {
    io.opentelemetry.context.Context context = tracer.isEnabled() ? begun(ctx, name, begin) : null;
    if (context == null) {
      return body.call(ctx);
    }
    var end = new SpanEnd(Span.fromContext(context), ctx);
    Throwable failure = null;
    try (Scope scope = context.makeCurrent()) {
      T result = body.call(under(ctx, context));
      end.write(finish);
      return result;
    } catch (Throwable e) {
      failure = e;
      throw e;
    } finally {
      end.end(failure);
    }
  }

  /** A context of OpenTelemetry's with a new span; null if there is none to be had. */
  private io.opentelemetry.context.@Nullable Context begun(
      Context ctx, String name, Consumer<SpanBuilder> begin) {
    try {
      var above = baggage.write(ctx, above(ctx));
      SpanBuilder builder = tracer.spanBuilder(name).setParent(above);
      begin.accept(builder);
      Span span = builder.startSpan();
      return span.getSpanContext().isValid() ? above.with(span) : null;
    } catch (RuntimeException e) {
      ContextEvents.report(new ContextEvent.Uncaught(ctx, "tracer", e));
      return null;
    }
  }
}
