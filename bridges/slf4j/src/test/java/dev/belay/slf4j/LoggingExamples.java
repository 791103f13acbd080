package dev.belay.slf4j;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.OutputStreamAppender;
import dev.belay.Context;
import dev.belay.ContextKey;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The code of docs/guide/observing.md. */
class LoggingExamples {
  // @start region=log
  static final ContextKey<String> ORDER =
      ContextKey.<String>named("order id", String.class).loggable(id -> id);

  private final Logger log = LoggerFactory.getLogger("shop");

  void charge(Context ctx, String order) {
    ctx.withName("charge")
        .withValue(ORDER, order)
        .run(c -> log.info("charged")); // %mdc{context} %mdc{order_id} %msg
  }

  // @end region=log

  @Test
  void anEventHasTheFieldsOfItsContext(Context root) {
    // @start region=install
    LogbackFields.install();
    // @end region=install
    var written = new ByteArrayOutputStream();
    var logger = (ch.qos.logback.classic.Logger) log;
    LoggerContext logback = logger.getLoggerContext();
    var line = new PatternLayoutEncoder();
    line.setContext(logback);
    line.setPattern("%mdc{context} %mdc{order_id} %msg");
    line.start();
    var appender = new OutputStreamAppender<ILoggingEvent>();
    appender.setContext(logback);
    appender.setEncoder(line);
    appender.setOutputStream(written);
    appender.start();
    logger.addAppender(appender);
    try {
      charge(root, "4711");
    } finally {
      logger.detachAppender(appender);
    }
    assertThat(written.toString(StandardCharsets.UTF_8)).endsWith("/charge 4711 charged");
  }
}
