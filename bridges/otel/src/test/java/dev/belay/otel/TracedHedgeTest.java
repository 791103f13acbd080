package dev.belay.otel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.Context;
import dev.belay.group.Hedge;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.io.IOException;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** The spans of a hedge's attempts. */
class TracedHedgeTest {
  private static final AttributeKey<Long> ATTEMPT = AttributeKey.longKey("belay.attempt");

  @AutoClose private final Recording recording = new Recording();
  private final Tracing tracing = recording.tracing();

  private List<SpanData> attempts() {
    return recording.spans().stream()
        .filter(span -> span.getAttributes().get(ATTEMPT) != null)
        .sorted(Comparator.comparing(span -> span.getAttributes().get(ATTEMPT)))
        .toList();
  }

  @Test
  void theLoserIsCancelledAndTheWinnerHasALinkToIt(Context root) throws Exception {
    var begun = new AtomicInteger();
    var never = new CountDownLatch(1);
    String answer =
        tracing.<String, Exception>call(
            root,
            "order",
            order ->
                tracing.<String, Exception>hedge(
                    order,
                    Hedge.after(Duration.ofMillis(1)),
                    "ask",
                    c -> {
                      if (begun.incrementAndGet() == 1) {
                        never.await();
                      }
                      return "answer";
                    }));
    assertThat(answer).isEqualTo("answer");
    assertThat(attempts()).hasSize(2);
    SpanData first = attempts().getFirst();
    SpanData second = attempts().getLast();
    assertThat(first.getLinks()).isEmpty();
    assertThat(second.getLinks())
        .singleElement()
        .satisfies(
            link -> assertThat(link.getSpanContext().getSpanId()).isEqualTo(first.getSpanId()));
    assertThat(first.getParentSpanId()).isEqualTo(recording.span("order").getSpanId());
    assertThat(second.getParentSpanId()).isEqualTo(first.getParentSpanId());
    assertThat(first.getAttributes().get(AttributeKey.stringKey("belay.end")))
        .isEqualTo("cancelled");
    assertThat(first.getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
  }

  @Test
  void allAttemptsThatFailAreErrors(Context root) {
    assertThatThrownBy(
            () ->
                tracing.<String, Exception>hedge(
                    root,
                    Hedge.after(Duration.ZERO).attempts(3),
                    "ask",
                    c -> {
                      throw new IOException("refused");
                    }))
        .isInstanceOf(IOException.class);
    assertThat(attempts()).hasSize(3);
    assertThat(attempts().stream().mapToInt(span -> span.getLinks().size()))
        .containsExactly(0, 1, 1);
    assertThat(attempts())
        .allSatisfy(
            span -> assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR));
  }
}
