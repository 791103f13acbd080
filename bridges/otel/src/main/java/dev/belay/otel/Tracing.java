package dev.belay.otel;

import dev.belay.CheckReturnValue;
import dev.belay.Context;
import dev.belay.ContextCallable;
import dev.belay.ContextEndedException;
import dev.belay.ContextKey;
import dev.belay.ContextRunnable;
import dev.belay.group.Hedge;
import dev.belay.http.server.Endpoint;
import dev.belay.http.server.HttpMessages;
import dev.belay.http.wire.WireFields;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Makes a span of what runs under a context:
 *
 * <pre>{@code
 * tracing.call(ctx, "charge", c -> payments.charge(c, order));
 * }</pre>
 *
 * <p>The span's parent is the thread's current span or, where that belongs to another trace or
 * there is none, the span that {@code ctx} was made under: a context that is handed to another
 * thread takes its trace along. The id of the trace is the context's {@link
 * dev.belay.http.wire.Trace}, which log events and answers show.
 *
 * <p>A span says how its context ended, in these attributes:
 *
 * <ul>
 *   <li>{@code belay.end}: {@code client_gone}, {@code deadline}, {@code cancelled} or {@code
 *       closed}; missing if it had not ended when the body returned;
 *   <li>{@code belay.ended_by}: the path of the context that ended first; {@code belay.reason}: the
 *       story, as {@link dev.belay.Ending#message()} tells it;
 *   <li>{@code belay.deadline.used}: the share that the body took of the time that was left when it
 *       began, from 0; missing without a deadline.
 * </ul>
 *
 * <p>A body that fails when the deadline has passed, or while its context is active, makes an
 * error. One that stopped because its client has gone, or because it was cancelled or closed, does
 * not: where a failure is behind that, it has a span of its own.
 *
 * <p>Where OpenTelemetry has nothing to record into, only the body runs. What a tracer throws is
 * reported as {@link dev.belay.spi.ContextEvent.Uncaught}, and the body runs without a span.
 *
 * <p>Immutable; any thread may call anything. Install {@link SpanCarrier} as well.
 */
public final class Tracing {
  private final Spans spans;
  private final SpanKind kind;

  private Tracing(Spans spans, SpanKind kind) {
    this.spans = spans;
    this.kind = kind;
  }

  /**
   * Spans by {@code openTelemetry}: of an SDK, of Spring Boot, or, with the Java agent, {@code
   * GlobalOpenTelemetry.get()}.
   */
  public static Tracing of(OpenTelemetry openTelemetry) {
    Objects.requireNonNull(openTelemetry, "openTelemetry is null: use OpenTelemetry.noop()");
    Tracer tracer = openTelemetry.getTracer("dev.belay.otel");
    var propagator = openTelemetry.getPropagators().getTextMapPropagator();
    return new Tracing(
        new Spans(tracer, propagator, new BaggageValues(List.of())), SpanKind.INTERNAL);
  }

  /** The same, for spans of another kind than {@link SpanKind#INTERNAL}. */
  @CheckReturnValue
  public Tracing withKind(SpanKind other) {
    return new Tracing(spans, Objects.requireNonNull(other, "kind is null: use INTERNAL"));
  }

  /**
   * The same; values of {@code keys} are also in the baggage of spans and of what {@link #fields}
   * write, under the names of the keys, with underscores for what no such name may have. What
   * arrives in the baggage under these names becomes a value, if the key's codec accepts it.
   *
   * @throws IllegalArgumentException if a key does not travel
   */
  @CheckReturnValue
  public Tracing withBaggage(ContextKey<?>... keys) {
    return new Tracing(spans.withBaggage(spans.baggage().and(List.of(keys))), kind);
  }

  /**
   * Runs {@code body} in a span, under {@code ctx} with that name.
   *
   * @throws ContextEndedException without running it, if {@code ctx} has ended; the span says so
   */
  public <T extends @Nullable Object, X extends Exception> T call(
      Context ctx, String name, ContextCallable<T, X> body) throws X {
    Objects.requireNonNull(body, "body is null: pass what to run");
    return spans.call(
        ctx,
        name,
        builder -> builder.setSpanKind(kind),
        span -> {},
        c -> c.withName(name).call(body));
  }

  /** {@link #call} for code without a result. */
  public <X extends Exception> void run(Context ctx, String name, ContextRunnable<X> body)
      throws X {
    Objects.requireNonNull(body, "body is null: pass what to run");
    call(
        ctx,
        name,
        c -> {
          body.run(c);
          return null;
        });
  }

  /**
   * {@link Hedge#call(Context, ContextCallable)} with a span for each attempt, numbered by {@code
   * belay.attempt} from 1. All but the first have a link to the first.
   *
   * @throws X if all fail: the first attempt's failure, with the others suppressed
   * @throws ContextEndedException if {@code ctx} ends first
   */
  public <T extends @Nullable Object, X extends Exception> T hedge(
      Context ctx, Hedge hedge, String name, ContextCallable<? extends T, ? extends X> body)
      throws X, InterruptedException {
    Objects.requireNonNull(body, "body is null: pass what to run");
    var attempts = new Attempts();
    return hedge.<T, X>call(
        ctx,
        each ->
            this.<T, X>call(
                each,
                name,
                c -> {
                  attempts.begin(Span.current());
                  return body.call(c);
                }));
  }

  /**
   * {@code next} in a span of kind {@link SpanKind#SERVER}, with the method, the path and the
   * status; put it outermost. A status of 500 or more is an error, unless the client has gone.
   *
   * <p>Where the thread is in a span already, that of an agent, that one gets the attributes, and
   * no other is made.
   */
  public <Q, S> Endpoint<Q, S> around(HttpMessages<Q, S> messages, Endpoint<Q, S> next) {
    Objects.requireNonNull(messages, "messages is null: pass the host's");
    return new TracedEndpoint<>(spans, messages, Objects.requireNonNull(next, "next is null"));
  }

  /**
   * The trace and the baggage in the fields of OpenTelemetry's propagators, for clients and for
   * {@link dev.belay.http.server.RequestContexts}: {@code
   * WireHeaders.DEFAULT.with(tracing.fields())}. Where they are W3C's, they take the place of those
   * of the {@link dev.belay.http.wire.Trace}, whose parent is the span then.
   */
  public WireFields fields() {
    return new SpanFields(spans);
  }
}
