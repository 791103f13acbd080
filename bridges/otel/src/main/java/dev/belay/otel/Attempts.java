package dev.belay.otel;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import java.util.concurrent.atomic.AtomicReference;

/** Numbers the spans of a hedge's attempts, and links the later ones to the first. */
final class Attempts {
  private static final AttributeKey<Long> ATTEMPT = AttributeKey.longKey("belay.attempt");

  private record Begun(SpanContext first, long count) {}

  private final AtomicReference<Begun> begun =
      new AtomicReference<>(new Begun(SpanContext.getInvalid(), 0));

  /** Another attempt has begun, in {@code span}. */
  void begin(Span span) {
    SpanContext own = span.getSpanContext();
    Begun now =
        begun.updateAndGet(
            before -> new Begun(before.count == 0 ? own : before.first, before.count + 1));
    span.setAttribute(ATTEMPT, now.count);
    if (now.count > 1) {
      span.addLink(now.first);
    }
  }
}
