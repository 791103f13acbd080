package dev.belay.demo;

import dev.belay.Context;
import dev.belay.http.server.middleware.RequestId;
import dev.belay.http.wire.ValueHeader;
import dev.belay.http.wire.WireHeaders;
import dev.belay.micrometer.ContextMeters;
import dev.belay.otel.SpanCarrier;
import dev.belay.otel.Tracing;
import dev.belay.slf4j.LogbackFields;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.opentelemetry.api.OpenTelemetry;

/** What the service shows of its work: fields in its log, meters for Prometheus, spans. */
public final class Telemetry implements AutoCloseable {
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final ContextMeters meters;
  private final Tracing tracing;

  private Telemetry(OpenTelemetry openTelemetry, Context... roots) {
    meters = new ContextMeters(roots);
    tracing = Tracing.of(openTelemetry);
  }

  /**
   * Begins; the caller closes it.
   *
   * @param roots whose live contexts are counted
   */
  static Telemetry start(OpenTelemetry openTelemetry, Context... roots) {
    LogbackFields.install();
    SpanCarrier.install();
    var telemetry = new Telemetry(openTelemetry, roots);
    telemetry.meters.bindTo(telemetry.registry);
    return telemetry;
  }

  /** Makes the spans. */
  public Tracing tracing() {
    return tracing;
  }

  /** What goes along with a request: the remaining time, the trace, the request's id. */
  public WireHeaders headers() {
    return WireHeaders.DEFAULT
        .with(new ValueHeader<>(RequestId.HEADER, RequestId.KEY))
        .with(tracing.fields());
  }

  /** The meters, as Prometheus reads them. */
  public String scrape() {
    return registry.scrape();
  }

  /** Counts no more. */
  @Override
  public void close() {
    meters.close();
    registry.close();
  }
}
