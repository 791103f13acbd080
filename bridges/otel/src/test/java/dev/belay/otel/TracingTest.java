package dev.belay.otel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.CancellableContext;
import dev.belay.Context;
import dev.belay.ContextCancelledException;
import dev.belay.ContextKey;
import dev.belay.DeadlineExceededException;
import dev.belay.http.server.ClientGoneException;
import dev.belay.http.wire.Trace;
import dev.belay.spi.ContextEvent;
import dev.belay.spi.Loggable;
import dev.belay.testkit.RecordingListener;
import dev.belay.testkit.VirtualClock;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** What spans have of their contexts: parents, names and ends. */
class TracingTest {
  @AutoClose private final Recording recording = new Recording();
  private final Tracing tracing = recording.tracing();

  private String text(String span, String key) {
    return recording.span(span).getAttributes().get(AttributeKey.stringKey(key));
  }

  private Double used(String span) {
    return recording.span(span).getAttributes().get(AttributeKey.doubleKey("belay.deadline.used"));
  }

  // ---- parents

  @Test
  void spansNestAsContextsDo(Context root) {
    tracing.run(
        root,
        "order",
        order -> {
          tracing.run(order, "stock", c -> recording.plainSpan("select"));
          tracing.withKind(SpanKind.CLIENT).run(order, "charge", c -> {});
        });
    assertThat(recording.tree())
        .containsExactly("- > order", "order > charge", "order > stock", "stock > select");
    assertThat(recording.span("charge").getKind()).isEqualTo(SpanKind.CLIENT);
    assertThat(recording.span("order").getKind()).isEqualTo(SpanKind.INTERNAL);
    assertThat(Span.current().getSpanContext().isValid()).isFalse();
  }

  @Test
  void theBodyRunsUnderAContextOfThatName(Context root) {
    String path = tracing.call(root, "charge", c -> Loggable.path(Context.current()));
    assertThat(path).endsWith("/charge");
  }

  @Test
  void aContextTakesItsTraceToAnotherThread(Context root) throws Exception {
    tracing.run(
        root,
        "order",
        order -> {
          var thread = new Thread(() -> tracing.run(order, "elsewhere", c -> {}));
          thread.start();
          thread.join();
        });
    assertThat(recording.tree()).contains("order > elsewhere");
  }

  @Test
  void aSpanOfTheSameTraceThatTheThreadIsInIsTheParent(Context root) {
    tracing.run(root, "order", order -> tracing.run(order, "inner", c -> below(order)));
    assertThat(recording.tree()).contains("inner > below");
  }

  @Test
  void theContextsTraceGoesBeforeAnotherOfTheThread(Context root) {
    tracing.run(
        root,
        "order",
        order -> {
          try (var scope = io.opentelemetry.context.Context.root().makeCurrent()) {
            tracing.run(root.withoutCancel(), "other trace", c -> below(order));
          }
        });
    assertThat(recording.tree()).contains("- > other trace", "order > below");
  }

  private void below(Context ctx) {
    tracing.run(ctx, "below", c -> {});
  }

  @Test
  void theTraceIsAValueOfTheContext(Context root) {
    Trace trace = tracing.call(root, "order", c -> c.require(Trace.KEY));
    SpanData order = recording.span("order");
    assertThat(trace.traceId()).isEqualTo(order.getTraceId());
    assertThat(trace.parentId()).isEqualTo(order.getSpanId());
  }

  // ---- ends

  @Test
  void aBodyThatReturnsLeavesNoEnd(Context root) {
    assertThat(tracing.<String, RuntimeException>call(root, "order", c -> "done"))
        .isEqualTo("done");
    assertThat(recording.span("order").getAttributes().isEmpty()).isTrue();
    assertThat(recording.span("order").getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
  }

  @Test
  void aFailureIsAnError(Context root) {
    var failure = new IOException("refused");
    assertThatThrownBy(
            () ->
                tracing.run(
                    root,
                    "charge",
                    c -> {
                      throw failure;
                    }))
        .isSameAs(failure);
    SpanData span = recording.span("charge");
    assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
    assertThat(span.getStatus().getDescription()).isEqualTo("java.io.IOException");
    assertThat(span.getEvents()).singleElement().hasFieldOrPropertyWithValue("name", "exception");
    assertThat(text("charge", "belay.end")).isNull();
  }

  @Test
  void aDeadlineIsAnErrorAndTellsItsStory(Context root, VirtualClock clock) {
    Context request = root.withName("POST /orders");
    try (var ctx = request.withTimeout(Duration.ofSeconds(2))) {
      assertThatThrownBy(
              () ->
                  tracing.run(
                      ctx,
                      "charge",
                      c -> {
                        clock.advance(Duration.ofSeconds(2));
                        c.throwIfDone();
                      }))
          .isInstanceOf(DeadlineExceededException.class);
    }
    assertThat(text("charge", "belay.end")).isEqualTo("deadline");
    assertThat(text("charge", "belay.ended_by")).endsWith("/POST /orders");
    assertThat(text("charge", "belay.reason")).contains("deadline of 2s set by \"POST /orders\"");
    SpanData span = recording.span("charge");
    assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
    assertThat(span.getStatus().getDescription()).contains("deadline of 2s");
    assertThat(span.getEvents()).isEmpty();
    assertThat(used("charge")).isNotNull();
  }

  @Test
  void theShareOfTheDeadlineIsThatOfTheBody(Context root) {
    try (var ctx = root.withTimeout(Duration.ofDays(1))) {
      tracing.run(ctx, "charge", c -> {});
      tracing.run(ctx.withoutCancel(), "free", c -> {});
    }
    assertThat(used("charge")).isBetween(0.0, 0.5);
    assertThat(used("free")).isNull();
  }

  private void ended(CancellableContext ctx, String name, Runnable end) {
    assertThatThrownBy(
            () ->
                tracing.run(
                    ctx,
                    name,
                    c -> {
                      end.run();
                      c.throwIfDone();
                    }))
        .isInstanceOf(ContextCancelledException.class);
    assertThat(recording.span(name).getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
    assertThat(recording.span(name).getEvents()).isEmpty();
  }

  @Test
  void aClientThatLeftIsNoError(Context root) {
    try (var ctx = root.withCancel()) {
      ended(ctx, "charge", () -> ctx.cancel(new ClientGoneException("stream reset", null)));
    }
    assertThat(text("charge", "belay.end")).isEqualTo("client_gone");
    assertThat(text("charge", "belay.reason")).contains("stream reset");
  }

  @Test
  void aCancelIsNoErrorOfTheBody(Context root) {
    try (var ctx = root.withName("order").withCancel()) {
      ended(ctx, "charge", ctx::cancel);
    }
    assertThat(text("charge", "belay.end")).isEqualTo("cancelled");
    assertThat(text("charge", "belay.ended_by")).endsWith("/order");
  }

  @Test
  void aCloseIsNoErrorOfTheBody(Context root) {
    try (var ctx = root.withCancel()) {
      ended(ctx, "charge", ctx::close);
    }
    assertThat(text("charge", "belay.end")).isEqualTo("closed");
  }

  @Test
  void whatIsRefusedBecauseItsContextHasEndedHasASpan(Context root) {
    try (var ctx = root.withCancel()) {
      ctx.cancel();
      assertThatThrownBy(() -> tracing.run(ctx, "late", c -> {}))
          .isInstanceOf(ContextCancelledException.class);
    }
    assertThat(text("late", "belay.end")).isEqualTo("cancelled");
  }

  // ---- baggage

  private static final ContextKey<String> TENANT =
      ContextKey.named("tenant id", String.class).travelling(new Lower());

  /** Takes lower-case words; gives the empty text for nothing it knows. */
  private static final class Lower implements ContextKey.Codec<String> {
    @Override
    public String encode(String value) {
      if (value.isEmpty()) {
        throw new IllegalArgumentException("empty");
      }
      return value;
    }

    @Override
    public String decode(String text) {
      if (!text.matches("[a-z]+")) {
        throw new IllegalArgumentException("no tenant");
      }
      return text;
    }
  }

  private static String baggage() {
    return io.opentelemetry.api.baggage.Baggage.current().getEntryValue("tenant_id");
  }

  @Test
  void keysThatTravelAreInTheBaggage(Context root) {
    Tracing carrying = tracing.withBaggage(TENANT);
    String seen = carrying.call(root.withValue(TENANT, "acme"), "order", c -> baggage());
    assertThat(seen).isEqualTo("acme");
    assertThat(carrying.<String, RuntimeException>call(root, "none", c -> baggage())).isNull();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> tracing.withBaggage(ContextKey.named("user", String.class)));
  }

  @Test
  void aCodecThatThrowsIsReportedAndStopsNothing(Context root) {
    try (var events = RecordingListener.below(root)) {
      String seen =
          tracing.withBaggage(TENANT).call(root.withValue(TENANT, ""), "order", c -> baggage());
      assertThat(seen).isNull();
      assertThat(events.events(ContextEvent.Uncaught.class))
          .singleElement()
          .hasFieldOrPropertyWithValue("origin", "codec");
    }
    assertThat(recording.tree()).containsExactly("- > order");
  }

  // ---- without a tracer, or with a bad one

  @Test
  void withoutAnSdkOnlyTheBodyRuns(Context root) {
    Tracing none = Tracing.of(OpenTelemetry.noop());
    String path =
        none.call(
            root,
            "charge",
            c -> {
              assertThat(c.get(Trace.KEY)).isNull();
              assertThat(Span.current().getSpanContext().isValid()).isFalse();
              return Loggable.path(Context.current());
            });
    assertThat(path).endsWith("/charge");
    assertThat(none.fields().names()).isEmpty();
  }

  /** Throws whenever a span begins. */
  private static final class Failing implements SpanProcessor {
    @Override
    public void onStart(io.opentelemetry.context.Context parent, ReadWriteSpan span) {
      throw new IllegalStateException("on purpose");
    }

    @Override
    public boolean isStartRequired() {
      return true;
    }

    @Override
    public void onEnd(ReadableSpan span) {}

    @Override
    public boolean isEndRequired() {
      return false;
    }
  }

  @Test
  void aTracerThatThrowsIsReportedAndStopsNothing(Context root) {
    try (var failing = new Recording(new Failing());
        var events = RecordingListener.below(root)) {
      assertThat(failing.tracing().<String, RuntimeException>call(root, "order", c -> "done"))
          .isEqualTo("done");
      assertThat(events.events(ContextEvent.Uncaught.class))
          .singleElement()
          .hasFieldOrPropertyWithValue("origin", "tracer");
    }
  }

  /** An exception whose text cannot be had. */
  private static final class Mute extends RuntimeException {
    private static final long serialVersionUID = 1L;

    @Override
    public String getMessage() {
      throw new IllegalStateException("on purpose");
    }
  }

  @Test
  void anExceptionThatThrowsWhenItIsReadIsStillThrown(Context root) {
    assertThatThrownBy(
            () ->
                tracing.run(
                    root,
                    "order",
                    c -> {
                      throw new Mute();
                    }))
        .isInstanceOf(Mute.class);
    assertThat(recording.tree()).containsExactly("- > order");
  }
}
