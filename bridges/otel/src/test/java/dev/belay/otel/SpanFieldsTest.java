package dev.belay.otel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Context;
import dev.belay.ContextKey;
import dev.belay.http.wire.Trace;
import dev.belay.http.wire.WireFields;
import dev.belay.http.wire.WireHeaders;
import io.opentelemetry.api.trace.Span;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What OpenTelemetry's propagators write for a context, and read into one. */
class SpanFieldsTest {
  private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final String PARENT = "00-" + TRACE + "-00f067aa0ba902b7-01";

  private static final ContextKey<String> TENANT =
      ContextKey.named("tenant", String.class)
          .travelling(
              new ContextKey.Codec<>() {
                @Override
                public String encode(String value) {
                  return value;
                }

                @Override
                public String decode(String text) {
                  if (!text.matches("[a-z]+")) {
                    throw new IllegalArgumentException("no tenant");
                  }
                  return text;
                }
              });

  @AutoClose private final Recording recording = new Recording();
  private final Tracing tracing = recording.tracing();
  private final WireHeaders headers =
      WireHeaders.DEFAULT.with(tracing.withBaggage(TENANT).fields());

  private Map<String, String> written(Context ctx) {
    Map<String, String> fields = new HashMap<>();
    headers.write(ctx, fields::put);
    return fields;
  }

  private static String traceparent(Span span) {
    var context = span.getSpanContext();
    return "00-%s-%s-%s"
        .formatted(context.getTraceId(), context.getSpanId(), context.getTraceFlags().asHex());
  }

  @Test
  void theSpanIsTheParentOnTheOtherSide(Context root) {
    Context arrived = headers.readValues(root, Map.of("traceparent", PARENT)::get);
    assertThat(arrived.require(Trace.KEY).traceId()).isEqualTo(TRACE);
    tracing.run(
        arrived,
        "serve",
        c -> assertThat(written(c)).containsEntry("traceparent", traceparent(Span.current())));
    assertThat(recording.span("serve").getTraceId()).isEqualTo(TRACE);
    assertThat(recording.span("serve").getParentSpanId()).isEqualTo("00f067aa0ba902b7");
  }

  @Test
  void whatAnotherTracerHasAddedIsSentOn(Context root) {
    var sent = Map.of("traceparent", PARENT, "tracestate", "a=1,b=2");
    Context arrived = headers.readValues(root, sent::get);
    assertThat(written(arrived)).isEqualTo(sent);
    tracing.run(
        arrived, "serve", c -> assertThat(written(c)).containsEntry("tracestate", "a=1,b=2"));
  }

  @Test
  void theSpanGoesAlongAlsoFromAThreadThatIsInNone(Context root) {
    tracing.run(
        root,
        "order",
        order -> {
          String expected = traceparent(Span.current());
          try (var scope = io.opentelemetry.context.Context.root().makeCurrent()) {
            assertThat(written(order)).containsEntry("traceparent", expected);
          }
        });
  }

  @Test
  void aSpanThatAnAgentHasMadeIsNearerThanTheHeaders(Context root) {
    tracing.run(
        root,
        "agent",
        c -> {
          Context arrived = headers.readValues(root, Map.of("traceparent", PARENT)::get);
          tracing.run(arrived, "serve", s -> {});
        });
    assertThat(recording.tree()).contains("agent > serve");
  }

  @Test
  void keysThatTravelCrossInTheBaggage(Context root) {
    Map<String, String> fields = written(root.withValue(TENANT, "acme"));
    assertThat(fields).isEqualTo(Map.of("baggage", "tenant=acme"));
    Context arrived = headers.readValues(root, fields::get);
    assertThat(arrived.get(TENANT)).isEqualTo("acme");
    assertThat(written(arrived)).isEqualTo(fields);
  }

  @ParameterizedTest
  @ValueSource(strings = {"tenant=ACME", "tenant", "tenant=", "=acme", ",,;", "tenant=a%0d%0ab"})
  void baggageThatIsNoneIsNotRead(String baggage) {
    Context root = Context.background();
    Context arrived = headers.readValues(root, Map.of("baggage", baggage)::get);
    assertThat(arrived.get(TENANT)).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "00", "00-" + TRACE + "-00f067aa0ba902b7", "ff-" + TRACE + "-0-01"})
  void aParentThatIsNoneBeginsATrace(String parent) {
    Context root = Context.background();
    Context arrived = headers.readValues(root, Map.of("traceparent", parent)::get);
    assertThat(arrived).isSameAs(root);
    tracing.run(arrived, "serve", c -> {});
    assertThat(recording.span("serve").getParentSpanContext().isValid()).isFalse();
  }

  @Test
  void nothingIsWrittenWhereThereIsNothing(Context root) {
    WireFields fields = tracing.fields();
    fields.write(root, (name, text) -> assertThat(name).isNull());
    assertThat(fields.names()).containsExactlyInAnyOrder("traceparent", "tracestate", "baggage");
    assertThat(fields.read(root, name -> null)).isSameAs(root);
  }
}
