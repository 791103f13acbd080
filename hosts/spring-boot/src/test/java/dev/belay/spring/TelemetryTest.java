package dev.belay.spring;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.LoggerContext;
import dev.belay.Context;
import dev.belay.http.wire.Trace;
import dev.belay.http.wire.WireHeaders;
import dev.belay.micrometer.ContextMeters;
import dev.belay.otel.Tracing;
import dev.belay.spi.ContextCarriers;
import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** What an application with Boot's metrics and Logback gets without code. */
class TelemetryTest {
  private final ApplicationContextRunner application =
      new ApplicationContextRunner()
          .withConfiguration(
              AutoConfigurations.of(
                  MetricsAutoConfiguration.class,
                  SimpleMetricsExportAutoConfiguration.class,
                  BelayAutoConfiguration.class,
                  TelemetryAutoConfiguration.class));

  @Test
  void theRegistryOfBootCountsEnds(Context root) {
    application.run(
        started -> {
          root.withCancel().cancel(new IllegalStateException("on purpose"));
          assertThat(
                  started
                      .getBean(MeterRegistry.class)
                      .get("belay.ended")
                      .tag("cause", "IllegalStateException")
                      .counter()
                      .count())
              .isOne();
          var logback = (LoggerContext) LoggerFactory.getILoggerFactory();
          String path = root.withName("started").call(c -> logback.getMDCAdapter().get("context"));
          assertThat(path).endsWith("/started");
          assertThat(ContextCarriers.isInstalled()).isTrue();
        });
  }

  @Test
  void theContextsOfTheApplicationAreCountedWhileTheyLive() {
    application.run(
        started -> {
          var live = started.getBean(MeterRegistry.class).get("belay.contexts.live").gauge();
          assertThat(live.value()).isZero();
          Context application = started.getBean(ApplicationRoot.class).context();
          try (var ctx = application.withCancel()) {
            assertThat(ctx.isDone()).isFalse();
            assertThat(live.value()).isOne();
          }
        });
  }

  @Test
  void theOpenTelemetryOfTheApplicationMakesTheSpansAndSendsThem(Context root) {
    var spans = InMemorySpanExporter.create();
    application
        .withBean(OpenTelemetrySdk.class, () -> recording(spans))
        .run(
            started -> {
              WireHeaders headers = started.getBean(WireHeaders.class);
              Map<String, String> sent = new HashMap<>();
              started.getBean(Tracing.class).run(root, "charge", c -> headers.write(c, sent::put));
              SpanData charge = spans.getFinishedSpanItems().getFirst();
              assertThat(charge.getName()).isEqualTo("charge");
              assertThat(sent.get("traceparent"))
                  .startsWith("00-%s-%s-".formatted(charge.getTraceId(), charge.getSpanId()));
            });
  }

  private static OpenTelemetrySdk recording(InMemorySpanExporter spans) {
    return OpenTelemetrySdk.builder()
        .setTracerProvider(
            SdkTracerProvider.builder().addSpanProcessor(SimpleSpanProcessor.create(spans)).build())
        .setPropagators(ContextPropagators.create(W3CTraceContextPropagator.getInstance()))
        .build();
  }

  @Test
  void withoutAnOpenTelemetryThereAreNoSpans(Context root) {
    application.run(
        started -> {
          Tracing tracing = started.getBean(Tracing.class);
          assertThat(tracing.fields().names()).isEmpty();
          assertThat(tracing.<Trace, RuntimeException>call(root, "charge", c -> c.get(Trace.KEY)))
              .isNull();
        });
  }

  @Test
  void withoutTheLibrariesItStarts() {
    application
        .withClassLoader(
            new FilteredClassLoader("io.micrometer", "ch.qos.logback", "io.opentelemetry"))
        .run(
            started ->
                assertThat(started)
                    .hasNotFailed()
                    .hasSingleBean(WireHeaders.class)
                    .doesNotHaveBean(ContextMeters.class)
                    .doesNotHaveBean("belayTracing"));
  }

  @Test
  void disabledThereIsNothing() {
    application
        .withPropertyValues("belay.enabled=false")
        .run(started -> assertThat(started).doesNotHaveBean(ContextMeters.class));
  }
}
