package dev.belay.spring;

import ch.qos.logback.classic.LoggerContext;
import dev.belay.Context;
import dev.belay.http.wire.WireFields;
import dev.belay.micrometer.ContextMeters;
import dev.belay.micrometer.SnapshotCarrier;
import dev.belay.otel.SpanCarrier;
import dev.belay.otel.Tracing;
import dev.belay.slf4j.LogbackFields;
import io.micrometer.context.ContextSnapshotFactory;
import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.OpenTelemetry;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Spans, log fields and meters of contexts, each where its library is there. Log4j 2 needs no
 * configuration: it finds {@link dev.belay.slf4j.Log4jFields} by itself.
 */
@AutoConfiguration(
    after = BelayAutoConfiguration.class,
    afterName =
        "org.springframework.boot.opentelemetry.autoconfigure.OpenTelemetrySdkAutoConfiguration")
@ConditionalOnBooleanProperty(name = "belay.enabled", matchIfMissing = true)
public final class TelemetryAutoConfiguration {
  /** For Spring. */
  public TelemetryAutoConfiguration() {}

  /** Logback, if SLF4J uses it. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass(LoggerContext.class)
  static class Logs {
    @Bean
    SmartInitializingSingleton belayLogFields() {
      return () -> {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext) {
          LogbackFields.install();
        }
      };
    }
  }

  /** Meters; Boot binds them to its registry. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass(MeterRegistry.class)
  static class Meters {
    @Bean
    @ConditionalOnMissingBean
    ContextMeters belayMeters(ObjectProvider<ApplicationRoot> root) {
      return new ContextMeters(root.stream().map(ApplicationRoot::context).toArray(Context[]::new));
    }
  }

  /** Spans, by Boot's OpenTelemetry or, without it, by that of the Java agent. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass(OpenTelemetry.class)
  static class Traces {
    @Bean
    @ConditionalOnMissingBean
    Tracing belayTracing(ObjectProvider<OpenTelemetry> openTelemetry) {
      return Tracing.of(openTelemetry.getIfUnique(GlobalOpenTelemetry::getOrNoop));
    }

    @Bean
    WireFields belayTrace(Tracing tracing) {
      return tracing.fields();
    }

    @Bean
    SmartInitializingSingleton belaySpans() {
      return SpanCarrier::install;
    }
  }

  /** Observations and what else Micrometer propagates, on the threads of forks and reactions. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass(ContextSnapshotFactory.class)
  static class Propagation {
    @Bean
    SmartInitializingSingleton belayCarrier() {
      return SnapshotCarrier::install;
    }
  }
}
