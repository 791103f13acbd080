package dev.belay.otel;

import io.opentelemetry.api.baggage.propagation.W3CBaggagePropagator;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.util.List;
import java.util.stream.Collectors;

/** OpenTelemetry's SDK, which keeps the spans that have ended. */
final class Recording implements AutoCloseable {
  private final InMemorySpanExporter ended = InMemorySpanExporter.create();
  final OpenTelemetrySdk sdk;

  Recording() {
    this(SpanProcessor.composite());
  }

  Recording(SpanProcessor another) {
    sdk =
        OpenTelemetrySdk.builder()
            .setTracerProvider(
                SdkTracerProvider.builder()
                    .addSpanProcessor(SimpleSpanProcessor.create(ended))
                    .addSpanProcessor(another)
                    .build())
            .setPropagators(
                ContextPropagators.create(
                    TextMapPropagator.composite(
                        W3CTraceContextPropagator.getInstance(),
                        W3CBaggagePropagator.getInstance())))
            .build();
  }

  Tracing tracing() {
    return Tracing.of(sdk);
  }

  /** A span by OpenTelemetry alone, as other libraries make them. */
  void plainSpan(String name) {
    sdk.getTracer("plain").spanBuilder(name).startSpan().end();
  }

  List<SpanData> spans() {
    return ended.getFinishedSpanItems();
  }

  SpanData span(String name) {
    List<SpanData> found = spans().stream().filter(each -> each.getName().equals(name)).toList();
    if (found.size() != 1) {
      throw new AssertionError("%d spans %s of %s".formatted(found.size(), name, tree()));
    }
    return found.getFirst();
  }

  /** Each span's name with its parent's. */
  List<String> tree() {
    var names = spans().stream().collect(Collectors.toMap(SpanData::getSpanId, SpanData::getName));
    return spans().stream()
        .map(each -> names.getOrDefault(each.getParentSpanId(), "-") + " > " + each.getName())
        .sorted()
        .toList();
  }

  @Override
  public void close() {
    sdk.close();
  }
}
