/**
 * Traces by OpenTelemetry: {@link dev.belay.otel.Tracing} makes spans of what runs under contexts,
 * which say how the context ended, and carries them to other processes; {@link
 * dev.belay.otel.SpanCarrier} gives the current span to Belay's threads.
 *
 * <p>All of it works with an SDK that the program sets up, with OpenTelemetry's Java agent, and
 * without either, at no cost.
 */
@org.jspecify.annotations.NullMarked
package dev.belay.otel;
