package dev.belay.slf4j;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Context;
import dev.belay.group.TaskGroup;
import java.io.StringWriter;
import java.util.List;
import org.apache.logging.log4j.core.Logger;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.WriterAppender;
import org.apache.logging.log4j.core.config.DefaultConfiguration;
import org.apache.logging.log4j.core.layout.PatternLayout;
import org.junit.jupiter.api.Test;

/** Events of Log4j 2, which finds the provider by itself. */
class Log4jFieldsTest {

  @Test
  void anEventHasThePathAndTheLoggableValuesOnEveryThread(Context root) throws Exception {
    var written = new StringWriter();
    try (var log4j = new LoggerContext("test")) {
      log4j.start(new DefaultConfiguration());
      PatternLayout layout =
          PatternLayout.newBuilder().withPattern("%X{request_id} %X{context} %m;").build();
      var appender =
          WriterAppender.newBuilder().setName("kept").setTarget(written).setLayout(layout).build();
      appender.start();
      Logger log = log4j.getLogger("shop");
      log.addAppender(appender);
      log.setAdditive(false);

      Context ctx = root.withName("GET /").withValue(LogbackFieldsTest.REQUEST, "r1");
      ctx.run(c -> log.error("here"));
      try (TaskGroup<Void, List<Void>, Exception> group = TaskGroup.open(ctx)) {
        group.fork(
            "charge",
            c -> {
              log.error("fork");
              return null;
            });
        group.join();
      }
      log.error("outside");
    }
    assertThat(written.toString()).startsWith("r1 ").contains("/GET / here;", "/charge fork;");
    assertThat(written.toString()).endsWith("  outside;");
  }
}
