package dev.belay.slf4j;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import dev.belay.Context;
import dev.belay.ContextKey;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/** Events of Logback on every thread that works for a context. */
class LogbackFieldsTest {
  private static final ContextKey<String> SECRET = ContextKey.named("password", String.class);

  private static final class Kept extends AppenderBase<ILoggingEvent> {
    final Queue<ILoggingEvent> events = new ConcurrentLinkedQueue<>();

    @Override
    protected void append(ILoggingEvent event) {
      event.prepareForDeferredProcessing(); // as an asynchronous appender does
      events.add(event);
    }
  }

  private final Kept kept = new Kept();
  private final Logger log = (Logger) LoggerFactory.getLogger("shop");

  @BeforeEach
  void install() {
    LogbackFields.install();
    LogbackFields.install();
    kept.setContext(log.getLoggerContext());
    kept.start();
    log.setAdditive(false);
    log.addAppender(kept);
  }

  @AfterEach
  void remove() {
    log.detachAppender(kept);
    MDC.clear();
  }

  @Test
  void anEventHasThePathAndTheLoggableValues(Context root) {
    Context ctx = root.withName("GET /").withValue(Requests.ID, "r1").withValue(SECRET, "hunter2");
    ctx.run(c -> log.info("charged"));
    assertThat(kept.events).hasSize(1);
    assertThat(kept.events.element().getMDCPropertyMap())
        .containsEntry("request_id", "r1")
        .hasEntrySatisfying("context", path -> assertThat(path).endsWith("/GET /"))
        .hasSize(2);
  }

  @Test
  void outsideOfAllContextsThereAreNone() {
    log.info("started");
    assertThat(kept.events.element().getMDCPropertyMap()).isEmpty();
  }

  @Test
  void whatTheProgramPutsItselfStaysAndWins(Context root) {
    MDC.put("tenant", "acme");
    MDC.put("request_id", "mine");
    root.withValue(Requests.ID, "r1").run(c -> log.info("charged"));
    assertThat(kept.events.element().getMDCPropertyMap())
        .containsEntry("tenant", "acme")
        .containsEntry("request_id", "mine");
    assertThat(log.getLoggerContext().getMDCAdapter().get("tenant")).isEqualTo("acme");
    MDC.remove("tenant");
    assertThat(MDC.get("tenant")).isNull();
  }

  @Test
  void layoutsShowThem(Context root) {
    var line = new PatternLayoutEncoder();
    line.setContext(log.getLoggerContext());
    line.setPattern("%mdc{request_id} %msg");
    line.start();
    var json = new JsonEncoder();
    json.setContext(log.getLoggerContext());
    json.start();
    root.withValue(Requests.ID, "r1").run(c -> log.info("charged"));
    ILoggingEvent event = kept.events.element();
    assertThat(new String(line.encode(event), UTF_8)).isEqualTo("r1 charged");
    assertThat(new String(json.encode(event), UTF_8)).contains("\"request_id\":\"r1\"");
  }

  @Test
  void aThousandInterleavedRequestsKeepTheirOwn(Context root) throws Exception {
    Requests.serve(root, log::info);
    assertThat(kept.events).hasSize(Requests.LINES * Requests.COUNT);
    assertThat(kept.events)
        .allSatisfy(
            event ->
                assertThat(event.getMDCPropertyMap())
                    .containsEntry("request_id", event.getMessage()));
  }
}
