package dev.belay.otel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Context;
import dev.belay.group.Hedge;
import dev.belay.http.client.ContextHttpClient;
import dev.belay.http.server.RequestContexts;
import dev.belay.http.server.middleware.RequestId;
import dev.belay.http.wire.WireHeaders;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.SpanKind;
import java.io.IOException;
import java.net.http.HttpClient;
import java.time.Duration;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** The code of docs/guide/tracing.md. */
class TracingExamples {
  // @start region=start
  static Tracing start(OpenTelemetry openTelemetry) {
    SpanCarrier.install(); // forks, reactions and helper threads are in the span of their caller
    return Tracing.of(openTelemetry); // with the Java agent: GlobalOpenTelemetry.get()
  }

  // @end region=start

  private interface Payments {
    String charge(Context ctx, String order) throws IOException;
  }

  // @start region=call
  static String pay(Context ctx, Tracing tracing, Payments payments, String order)
      throws IOException {
    return tracing
        .withKind(SpanKind.CLIENT)
        .call(ctx, "charge", c -> payments.charge(c, order)); // c is ctx.withName("charge")
  }

  // @end region=call

  // @start region=hedge
  static String ask(Context ctx, Tracing tracing, Payments payments, String order)
      throws IOException, InterruptedException {
    Hedge hedge = Hedge.after(Duration.ofMillis(200));
    return tracing.hedge(ctx, hedge, "charge", c -> payments.charge(c, order));
  }

  // @end region=hedge

  // @start region=wire
  static RequestContexts contexts(Tracing tracing) {
    var headers = WireHeaders.DEFAULT.with(tracing.withBaggage(RequestId.KEY).fields());
    return new RequestContexts(Duration.ofSeconds(30), headers);
  }

  static ContextHttpClient client(Tracing tracing, HttpClient http) {
    var headers = WireHeaders.DEFAULT.with(tracing.withBaggage(RequestId.KEY).fields());
    return ContextHttpClient.of(http).withHeaders(headers);
  }

  // @end region=wire

  @AutoClose private final Recording recording = new Recording();

  @Test
  void aChargeIsASpan(Context root) throws Exception {
    Tracing tracing = start(recording.sdk);
    assertThat(pay(root, tracing, (ctx, order) -> "paid " + order, "4711")).isEqualTo("paid 4711");
    assertThat(ask(root, tracing, (ctx, order) -> "paid " + order, "4712")).isEqualTo("paid 4712");
    assertThat(recording.tree()).containsExactly("- > charge", "- > charge");
    assertThat(contexts(tracing).headers().values()).hasSize(2);
    try (var http = HttpClient.newHttpClient()) {
      assertThat(client(tracing, http)).isNotNull();
    }
  }
}
