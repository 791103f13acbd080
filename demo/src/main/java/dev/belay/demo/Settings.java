package dev.belay.demo;

import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.OpenTelemetry;
import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What the service is to use. Immutable; each {@code with…} returns a copy.
 *
 * @param port where it listens; 0 for any
 * @param postgres a JDBC URL; null for an embedded server
 * @param smtp HOST:PORT; null for an embedded server
 * @param payments where the payment service is reached; null for straight where it listens
 * @param slowable whether requests may slow their steps down
 * @param grace how long running requests may go on at shutdown
 * @param openTelemetry makes the spans
 * @param heeding whether a request's work ends with its context; false shows what happens without
 */
public record Settings(
    int port,
    @Nullable String postgres,
    @Nullable String smtp,
    @Nullable URI payments,
    boolean slowable,
    Duration grace,
    OpenTelemetry openTelemetry,
    boolean heeding) {

  /** Everything embedded, any port; spans where the Java agent is. */
  public static Settings embedded() {
    return new Settings(
        0, null, null, null, true, Duration.ofSeconds(5), GlobalOpenTelemetry.getOrNoop(), true);
  }

  /** The same on that port. */
  public Settings withPort(int port) {
    return new Settings(port, postgres, smtp, payments, slowable, grace, openTelemetry, heeding);
  }

  /** The same on a database of the caller's. */
  public Settings withPostgres(@Nullable String url) {
    return new Settings(port, url, smtp, payments, slowable, grace, openTelemetry, heeding);
  }

  /** The same with a mail server of the caller's. */
  public Settings withSmtp(@Nullable String hostAndPort) {
    return new Settings(
        port, postgres, hostAndPort, payments, slowable, grace, openTelemetry, heeding);
  }

  /** The same with something between the shop and its payment service. */
  public Settings withPayments(URI address) {
    return new Settings(port, postgres, smtp, address, slowable, grace, openTelemetry, heeding);
  }

  /** The same with that grace. */
  public Settings withGrace(Duration grace) {
    return new Settings(port, postgres, smtp, payments, slowable, grace, openTelemetry, heeding);
  }

  /** The same with spans by {@code other}. */
  public Settings withOpenTelemetry(OpenTelemetry other) {
    return new Settings(port, postgres, smtp, payments, slowable, grace, other, heeding);
  }

  /** The same, but no request may slow its steps down. */
  public Settings withoutSlowSteps() {
    return new Settings(port, postgres, smtp, payments, false, grace, openTelemetry, heeding);
  }

  /** The same, but nobody tells a request's work that its customer has left. */
  public Settings withoutContexts() {
    return new Settings(port, postgres, smtp, payments, slowable, grace, openTelemetry, false);
  }
}
