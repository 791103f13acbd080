package dev.belay.slf4j;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Context;
import dev.belay.group.TaskGroup;
import java.io.StringWriter;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.logging.log4j.core.Layout;
import org.apache.logging.log4j.core.Logger;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.WriterAppender;
import org.apache.logging.log4j.core.config.DefaultConfiguration;
import org.apache.logging.log4j.core.layout.PatternLayout;
import org.apache.logging.log4j.layout.template.json.JsonTemplateLayout;
import org.junit.jupiter.api.Test;

/** Events of Log4j 2, which finds the provider by itself. */
class Log4jFieldsTest {

  @Test
  void anEventHasThePathAndTheLoggableValuesOnEveryThread(Context root) throws Exception {
    PatternLayout layout =
        PatternLayout.newBuilder().withPattern("%X{request_id} %X{context} %m;").build();
    Context ctx = root.withName("GET /").withValue(Requests.ID, "r1");
    String written = written(layout, log -> logEverywhere(ctx, log));
    assertThat(written).startsWith("r1 ").contains("/GET / here;", "/charge fork;");
    assertThat(written).endsWith("  outside;");
  }

  private static void logEverywhere(Context ctx, Logger log) throws Exception {
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

  @Test
  void aThousandInterleavedRequestsKeepTheirOwn(Context root) throws Exception {
    Pattern line = Pattern.compile("(r[0-9]+) \\1");
    String written =
        written(
            PatternLayout.newBuilder().withPattern("%X{request_id} %m\n").build(),
            log -> Requests.serve(root, log::error));
    assertThat(written.lines()).hasSize(Requests.LINES * Requests.COUNT);
    assertThat(written.lines()).allMatch(line.asMatchPredicate());
  }

  @Test
  void theJsonLayoutHasThem(Context root) throws Exception {
    JsonTemplateLayout json =
        JsonTemplateLayout.newBuilder()
            .setConfiguration(new DefaultConfiguration())
            .setEventTemplateUri("classpath:EcsLayout.json")
            .build();
    String written =
        written(json, log -> root.withValue(Requests.ID, "r1").run(c -> log.error("charged")));
    assertThat(written).contains("\"request_id\":\"r1\"", "\"message\":\"charged\"");
  }

  private interface Logging {
    void by(Logger log) throws Exception;
  }

  /** What {@code layout} makes of the events. */
  private static String written(Layout<String> layout, Logging logging) throws Exception {
    var written = new StringWriter();
    try (var log4j = new LoggerContext("test")) {
      log4j.start(new DefaultConfiguration());
      var appender =
          WriterAppender.newBuilder().setName("kept").setTarget(written).setLayout(layout).build();
      appender.start();
      Logger log = log4j.getLogger("shop");
      log.addAppender(appender);
      log.setAdditive(false);
      logging.by(log);
    }
    return written.toString();
  }
}
