package dev.belay.micrometer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.Context;
import dev.belay.spi.ContextEvent;
import dev.belay.spi.ContextEvents;
import dev.belay.spi.Loggable;
import dev.belay.testkit.VirtualClock;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is counted, and under which tags. */
class ContextMetersTest {
  private static final Duration MILLI = Duration.ofMillis(1);

  private static final class ClientLeft extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  private final MeterRegistry registry = new SimpleMeterRegistry();
  private final ContextMeters meters = new ContextMeters();

  @BeforeEach
  void bind() {
    meters.bindTo(registry);
  }

  @AfterEach
  void stop() {
    meters.close();
    registry.close();
  }

  private double ended(String status, String cause) {
    return registry.get("belay.ended").tag("status", status).tag("cause", cause).counter().count();
  }

  private double counted(String name) {
    return registry.get(name).counter().count();
  }

  @Test
  void endsAreCountedByStatusAndCause(Context root, VirtualClock clock) {
    root.withCancel().cancel(new ClientLeft());
    root.withCancel().cancel(new ClientLeft());
    root.withCancel().cancel();
    try (var late = root.withTimeout(MILLI)) {
      clock.advance(MILLI);
      assertThat(late.isDone()).isTrue();
    }
    assertThat(ended("cancelled", "ClientLeft")).isEqualTo(2);
    assertThat(ended("cancelled", "none")).isOne();
    assertThat(ended("deadline_exceeded", "none")).isOne();
  }

  @Test
  void contextsThatHaveNotEndedAreCountedWhenTheyAreAskedFor(Context root) {
    try (var other = new ContextMeters(root)) {
      other.bindTo(registry);
      var live = registry.get("belay.contexts.live").tag("root", Loggable.path(root)).gauge();
      assertThat(live.value()).isZero();
      try (var ctx = root.withCancel();
          var below = ctx.withCancel()) {
        assertThat(live.value()).isEqualTo(2);
        below.close();
        assertThat(live.value()).isOne();
      }
      assertThat(live.value()).isZero();
    }
  }

  @Test
  void theShareOfTheLimitIsADistribution(Context root, VirtualClock clock) {
    try (var half = root.withTimeout(MILLI.multipliedBy(2))) {
      clock.advance(MILLI);
      half.cancel();
    }
    try (var whole = root.withTimeout(MILLI)) {
      clock.advance(MILLI.multipliedBy(5));
      assertThat(whole.isDone()).isTrue();
    }
    var used = registry.get("belay.limit.used").summary();
    assertThat(used.count()).isEqualTo(2);
    assertThat(used.totalAmount()).isEqualTo(150);
    assertThat(used.max()).isEqualTo(100);
  }

  @Test
  void cancelsAndProblemsAreCountedByKind(Context root) {
    ContextEvents.report(new ContextEvent.CancelSent(root, "PostgreSQL statement", 0, MILLI, null));
    ContextEvents.report(
        new ContextEvent.CancelSent(root, "process 4711", 0, MILLI, new IOException("gone")));
    ContextEvents.report(new ContextEvent.Abandoned(root, "thread \"worker 7\"", MILLI, false));
    ContextEvents.report(new ContextEvent.Refused(root, "a place to run", "all are taken"));
    ContextEvents.report(new ContextEvent.Zombie(root, "charge", MILLI, new Throwable()));
    ContextEvents.report(new ContextEvent.ForgottenClose("root/x", null, new Throwable()));
    ContextEvents.report(new ContextEvent.Uncaught(root, "reaction", new IOException("gone")));
    assertThat(
            registry.get("belay.cancel").tags("resource", "PostgreSQL statement").timer().count())
        .isOne();
    assertThat(
            registry.get("belay.cancel").tags("resource", "process", "outcome", "failed").timer())
        .isNotNull();
    assertThat(registry.get("belay.abandoned").tag("resource", "thread").counter().count()).isOne();
    assertThat(counted("belay.refused")).isOne();
    assertThat(counted("belay.zombies")).isOne();
    assertThat(counted("belay.forgotten")).isOne();
    assertThat(registry.get("belay.uncaught").tag("origin", "reaction").counter().count()).isOne();
  }

  @Test
  void aTagHasAHundredValuesAtMost(Context root) {
    for (char c = 'a'; c <= 'z'; c++) {
      for (char d = 'a'; d <= 'z'; d++) {
        ContextEvents.report(new ContextEvent.Refused(root, "queue " + c + d, "full"));
      }
    }
    assertThat(registry.find("belay.refused").counters()).hasSize(101);
    assertThat(registry.get("belay.refused").tag("resource", "other").counter().count())
        .isEqualTo(26 * 26 - 100);
  }

  @Test
  void whatIsClosedCountsNoMoreAndOneServesOneRegistry(Context root) {
    meters.close();
    root.withCancel().cancel(new ClientLeft());
    assertThat(registry.find("belay.ended").counters()).isEmpty();
    assertThatThrownBy(() -> meters.bindTo(registry)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void prometheusScrapesThem(Context root) {
    var prometheus = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    try (var other = new ContextMeters()) {
      other.bindTo(prometheus);
      try (var ctx = root.withTimeout(Duration.ofDays(1))) {
        ctx.cancel(new ClientLeft());
      }
      assertThat(prometheus.scrape())
          .contains("belay_ended_total{cause=\"ClientLeft\",status=\"cancelled\"} 1.0")
          .contains("belay_limit_used_percent_bucket{le=\"10.0\"} 1");
    } finally {
      prometheus.close();
    }
  }
}
