package dev.belay.otel;

import dev.belay.Context;
import dev.belay.ContextKey;
import dev.belay.http.wire.ValueHeader;
import dev.belay.spi.ContextEvent;
import dev.belay.spi.ContextEvents;
import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.api.baggage.BaggageBuilder;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Values of contexts as entries of OpenTelemetry's baggage. Immutable.
 *
 * @param entries each with the name of its entry, which has the same grammar as a header's
 */
record BaggageValues(List<ValueHeader<?>> entries) {
  private static final Pattern OTHERS = Pattern.compile("[^!#$%&'*+.^_`|~0-9A-Za-z-]+");

  /** The same, with more keys. */
  BaggageValues and(List<ContextKey<?>> keys) {
    return new BaggageValues(
        Stream.<ValueHeader<?>>concat(entries.stream(), keys.stream().map(BaggageValues::entry))
            .toList());
  }

  private static ValueHeader<?> entry(ContextKey<?> key) {
    return new ValueHeader<>(OTHERS.matcher(key.name()).replaceAll("_"), key);
  }

  /** {@code context} with the values of {@code ctx} in its baggage. */
  io.opentelemetry.context.Context write(Context ctx, io.opentelemetry.context.Context context) {
    if (entries.isEmpty()) {
      return context;
    }
    BaggageBuilder builder = Baggage.fromContext(context).toBuilder();
    for (ValueHeader<?> each : entries) {
      try {
        each.write(ctx, builder::put);
      } catch (RuntimeException e) {
        ContextEvents.report(new ContextEvent.Uncaught(ctx, "codec", e));
      }
    }
    return context.with(builder.build());
  }

  /** {@code ctx} with the values that {@code context} has in its baggage. */
  Context read(Context ctx, io.opentelemetry.context.Context context) {
    Baggage baggage = Baggage.fromContext(context);
    Context filled = ctx;
    for (ValueHeader<?> each : entries) {
      filled = each.read(filled, baggage::getEntryValue);
    }
    return filled;
  }
}
