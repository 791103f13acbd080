package dev.belay.slf4j;

import ch.qos.logback.classic.LoggerContext;
import org.slf4j.ILoggerFactory;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.MDCAdapter;

/**
 * Gives Logback the fields of {@link dev.belay.Context#current()}, for {@code %mdc}, its JSON
 * encoder and every appender. What the program itself puts into SLF4J's {@code MDC} stays, and wins
 * over a field of the same name. {@code MDC.get} does not see the fields of a context: ask the
 * context.
 */
public final class LogbackFields {
  private LogbackFields() {}

  /**
   * Installs them in the {@link LoggerContext} that SLF4J uses. Call it when the program starts; a
   * second call does nothing. Events that were made before have no fields.
   *
   * @throws IllegalStateException if SLF4J uses something else than Logback
   */
  public static void install() {
    ILoggerFactory factory = LoggerFactory.getILoggerFactory();
    if (!(factory instanceof LoggerContext logback)) {
      throw new IllegalStateException(
          "SLF4J logs by %s, not by Logback: leave the call out for Log4j, which needs none"
              .formatted(factory.getClass().getName()));
    }
    MDCAdapter own = logback.getMDCAdapter();
    if (!(own instanceof FieldsAdapter)) {
      logback.setMDCAdapter(new FieldsAdapter(own));
      Fields.install();
    }
  }
}
