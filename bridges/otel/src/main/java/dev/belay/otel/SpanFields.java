package dev.belay.otel;

import dev.belay.Context;
import dev.belay.http.wire.WireFields;
import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.context.propagation.TextMapGetter;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What OpenTelemetry's propagators write and read.
 *
 * @param spans whose spans they are
 */
record SpanFields(Spans spans) implements WireFields {
  private static final TextMapGetter<Function<String, @Nullable String>> FIELD = new Field();

  @Override
  public List<String> names() {
    return List.copyOf(spans.propagator().fields());
  }

  @Override
  public void write(Context ctx, BiConsumer<String, String> set) {
    var sent = spans.baggage().write(ctx, Spans.above(ctx));
    spans.propagator().inject(sent, set, SpanFields::set);
  }

  private static void set(
      @Nullable BiConsumer<String, String> set, String name, @Nullable String value) {
    if (set != null && value != null) {
      set.accept(name, value);
    }
  }

  /** An agent has read them before, and made a span: that one is nearer. */
  @Override
  public Context read(Context ctx, Function<String, @Nullable String> field) {
    var current = io.opentelemetry.context.Context.current();
    var arrived =
        Spans.isSpan(current) ? current : spans.propagator().extract(current, field, FIELD);
    if (!Spans.isSpan(arrived) && Baggage.fromContext(arrived).isEmpty()) {
      return ctx;
    }
    return Spans.under(spans.baggage().read(ctx, arrived), arrived);
  }

  private static final class Field implements TextMapGetter<Function<String, @Nullable String>> {
    @Override
    public @Nullable String get(@Nullable Function<String, @Nullable String> field, String name) {
      return field == null ? null : field.apply(name);
    }
  }
}
