package dev.belay.demo;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.LoggerFactory;

/** What the service in this process logs, from when this is opened until it is closed. */
final class LogCapture extends AppenderBase<ILoggingEvent> implements AutoCloseable {
  private static final Pattern FAILURE =
      Pattern.compile("\\{\"status\":[0-9]{3},\"detail\":\"(.+)\",\"id\":\"([0-9a-f-]+)\"}\\s*$");

  private final List<String> lines = new CopyOnWriteArrayList<>();
  private final Logger logger = (Logger) LoggerFactory.getLogger("dev.belay");

  static LogCapture open() {
    var capture = new LogCapture();
    capture.start();
    capture.logger.addAppender(capture);
    return capture;
  }

  @Override
  protected void append(ILoggingEvent event) {
    lines.add(event.getFormattedMessage());
  }

  List<String> lines() {
    return List.copyOf(lines);
  }

  /**
   * Checks that an answer says what went wrong, and that its id finds it in the log.
   *
   * @return what it says
   */
  String assertExplained(String answer) {
    Matcher failure = FAILURE.matcher(answer);
    assertThat(failure.find()).as("says what went wrong, with an id: %s", answer).isTrue();
    awaitLine(failure.group(2));
    assertThat(lines).noneMatch(line -> line.contains("\n") || line.contains("\u001b"));
    return failure.group(1);
  }

  /** The line of a request may come just after its answer. */
  private void awaitLine(String part) {
    while (lines.stream().noneMatch(line -> line.contains(part))) {
      assertThat(Thread.interrupted()).as("no line has %s: %s", part, lines).isFalse();
      Thread.onSpinWait();
    }
  }

  @Override
  public void close() {
    logger.detachAppender(this);
    stop();
  }
}
