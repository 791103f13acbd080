/** Spans of what runs under contexts, made by OpenTelemetry. */
module dev.belay.otel {
  requires static transitive org.jspecify;
  requires transitive dev.belay;
  requires transitive dev.belay.http;
  requires transitive io.opentelemetry.api;
  requires io.opentelemetry.context;

  exports dev.belay.otel;
}
