package dev.belay.otel;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A span that was exported.
 *
 * @param parent empty for none
 * @param isError whether its status is that
 */
record SeenSpan(
    String trace,
    String id,
    String parent,
    String name,
    boolean isError,
    Map<String, String> attributes) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String NO_PARENT = "0".repeat(16);

  static SeenSpan of(SpanData span) {
    Map<String, String> attributes = new HashMap<>();
    span.getAttributes().forEach((key, value) -> attributes.put(key.getKey(), value.toString()));
    return new SeenSpan(
        span.getTraceId(),
        span.getSpanId(),
        span.getParentSpanId().replace(NO_PARENT, ""),
        span.getName(),
        span.getStatus().getStatusCode() == io.opentelemetry.api.trace.StatusCode.ERROR,
        attributes);
  }

  /** The spans of one line of the exporter {@code logging-otlp}; none if it is another line. */
  static List<SeenSpan> parse(String line) {
    int begin = line.indexOf("{\"resource\"");
    if (begin < 0) {
      return List.of();
    }
    List<SeenSpan> spans = new ArrayList<>();
    try {
      JsonNode exported = JSON.readTree(line.substring(begin));
      for (JsonNode scope : exported.path("scopeSpans")) {
        scope.path("spans").forEach(span -> spans.add(of(span)));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(line, e);
    }
    return spans;
  }

  private static SeenSpan of(JsonNode span) {
    Map<String, String> attributes = new HashMap<>();
    for (JsonNode attribute : span.path("attributes")) {
      attribute
          .path("value")
          .forEach(value -> attributes.put(attribute.path("key").asText(), value.asText()));
    }
    return new SeenSpan(
        span.path("traceId").asText(),
        span.path("spanId").asText(),
        span.path("parentSpanId").asText(),
        span.path("name").asText(),
        span.path("status").path("code").asInt() == 2,
        attributes);
  }

  /** Whether it is of a request, at the server. */
  boolean isServed() {
    return attributes.containsKey("url.path");
  }

  /** Whether it is of a statement. */
  boolean isSql() {
    return attributes.keySet().stream().anyMatch(key -> key.startsWith("db."));
  }

  String end() {
    return attributes.get("belay.end");
  }
}
