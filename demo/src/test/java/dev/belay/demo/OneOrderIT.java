package dev.belay.demo;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/**
 * What one order shows of itself: one trace and one id in the log, from the request over the
 * database and the payment service to the mail. It prints both, for docs/guide/one-order.md.
 */
class OneOrderIT extends ShopTesting {
  private static final InMemorySpanExporter SPANS = InMemorySpanExporter.create();
  private static final Logger LOGGER = (Logger) LoggerFactory.getLogger("dev.belay");

  private static final OpenTelemetrySdk SDK =
      OpenTelemetrySdk.builder()
          .setTracerProvider(
              SdkTracerProvider.builder()
                  .addSpanProcessor(SimpleSpanProcessor.create(SPANS))
                  .build())
          .setPropagators(ContextPropagators.create(W3CTraceContextPropagator.getInstance()))
          .build();

  private static final class Kept extends AppenderBase<ILoggingEvent> {
    final List<ILoggingEvent> events = new CopyOnWriteArrayList<>();

    @Override
    protected void append(ILoggingEvent event) {
      event.prepareForDeferredProcessing();
      events.add(event);
    }
  }

  private static final Kept LOG = new Kept();

  @BeforeAll
  static void open() throws Exception {
    LOG.start();
    LOGGER.addAppender(LOG);
    open(Settings.embedded().withOpenTelemetry(SDK));
  }

  @AfterAll
  static void remove() {
    LOGGER.detachAppender(LOG);
    SDK.close();
  }

  @Test
  void oneOrderIsOneTraceAndOneIdInTheLog() throws Exception {
    HttpResponse<String> answer = order(ORDER, "X-Request-ID", "order-4711");
    assertThat(answer.statusCode()).isEqualTo(201);
    String trace = answer.headers().firstValue("X-Trace-ID").orElseThrow();
    List<ILoggingEvent> lines = lines();
    List<String> tree = tree(trace);
    lines.forEach(line -> System.out.println(shown(line)));
    tree.forEach(System.out::println);

    assertThat(tree.stream().map(line -> line.replaceAll(" [0-9]+ ms$", "")))
        .containsSubsequence(
            "POST",
            "  stock",
            "  charge",
            "    POST payments",
            "      POST",
            "  order",
            "    mail");
    assertThat(tree.stream().filter(line -> line.startsWith("        "))).isNotEmpty();
    assertThat(lines)
        .allSatisfy(line -> assertThat(line.getMDCPropertyMap()).containsEntry("trace", trace));
    assertThat(lines.stream().map(ILoggingEvent::getFormattedMessage))
        .anyMatch(line -> line.contains("path=\"/payments/charges\" status=200"))
        .anyMatch(line -> line.contains("path=\"/orders\" status=201"))
        .anyMatch(line -> line.matches("order [0-9]+: taken"))
        .anyMatch(line -> line.matches("mail of order [0-9]+: sent"));
  }

  private static String shown(ILoggingEvent line) {
    return "%s %s"
        .formatted(line.getMDCPropertyMap().get("request_id"), line.getFormattedMessage());
  }

  /** The lines of the order, when there are those of both services and of the mail. */
  private static List<ILoggingEvent> lines() {
    while (true) {
      List<ILoggingEvent> lines =
          LOG.events.stream()
              .filter(line -> "order-4711".equals(line.getMDCPropertyMap().get("request_id")))
              .toList();
      boolean whole =
          lines.stream().anyMatch(line -> line.getFormattedMessage().startsWith("mail of order"))
              && lines.stream()
                      .filter(line -> line.getFormattedMessage().startsWith("method="))
                      .count()
                  == 2;
      if (whole) {
        return lines;
      }
      assertThat(Thread.interrupted()).as("%s", LOG.events).isFalse();
      Thread.onSpinWait();
    }
  }

  // ---- the trace

  private static List<String> tree(String trace) {
    while (true) {
      List<SpanData> spans =
          SPANS.getFinishedSpanItems().stream()
              .filter(span -> span.getTraceId().equals(trace))
              .sorted(Comparator.comparing(SpanData::getStartEpochNanos))
              .toList();
      Map<String, SpanData> byId =
          spans.stream().collect(Collectors.toMap(SpanData::getSpanId, Function.identity()));
      List<SpanData> roots =
          spans.stream().filter(span -> !byId.containsKey(span.getParentSpanId())).toList();
      boolean whole =
          roots.size() == 1
              && !roots.getFirst().getParentSpanContext().isValid()
              && spans.stream().anyMatch(span -> span.getName().equals("mail"));
      if (whole) {
        List<String> tree = new ArrayList<>();
        add(roots.getFirst(), "", spans, tree);
        return tree;
      }
      assertThat(Thread.interrupted()).as("%s", spans).isFalse();
      Thread.onSpinWait();
    }
  }

  private static void add(SpanData span, String indent, List<SpanData> all, List<String> tree) {
    long millis = (span.getEndEpochNanos() - span.getStartEpochNanos()) / 1_000_000;
    tree.add("%s%s %d ms".formatted(indent, span.getName(), millis));
    all.stream()
        .filter(child -> child.getParentSpanId().equals(span.getSpanId()))
        .forEach(child -> add(child, indent + "  ", all, tree));
  }
}
