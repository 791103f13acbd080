package dev.belay.spring;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.LoggerContext;
import dev.belay.Context;
import dev.belay.micrometer.ContextMeters;
import dev.belay.slf4j.LogbackFields;
import dev.belay.spi.ContextCarriers;
import io.micrometer.core.instrument.MeterRegistry;
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
          assertThat(logback.getMDCAdapter()).isInstanceOf(LogbackFields.class);
          assertThat(ContextCarriers.isInstalled()).isTrue();
        });
  }

  @Test
  void withoutMicrometerAndLogbackItStarts() {
    application
        .withClassLoader(new FilteredClassLoader("io.micrometer", "ch.qos.logback"))
        .run(started -> assertThat(started).hasNotFailed().doesNotHaveBean(ContextMeters.class));
  }

  @Test
  void disabledThereIsNothing() {
    application
        .withPropertyValues("belay.enabled=false")
        .run(started -> assertThat(started).doesNotHaveBean(ContextMeters.class));
  }
}
