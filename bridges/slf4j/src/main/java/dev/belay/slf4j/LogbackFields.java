package dev.belay.slf4j;

import ch.qos.logback.classic.LoggerContext;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.ILoggerFactory;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.MDCAdapter;

/**
 * Gives Logback the fields of {@link dev.belay.Context#current()}, for {@code %mdc}, its JSON
 * encoder and every appender. What the program itself puts into SLF4J's {@code MDC} stays, and wins
 * over a field of the same name. {@code MDC.get} does not see the fields of a context: ask the
 * context.
 */
public final class LogbackFields implements MDCAdapter {
  private final MDCAdapter own;

  private LogbackFields(MDCAdapter own) {
    this.own = own;
  }

  /**
   * Installs it in the {@link LoggerContext} that SLF4J uses. Call it when the program starts; a
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
    if (!(own instanceof LogbackFields)) {
      logback.setMDCAdapter(new LogbackFields(own));
      Fields.install();
    }
  }

  @Override
  public Map<String, String> getCopyOfContextMap() {
    Map<String, String> all = new HashMap<>(Fields.current());
    Map<String, String> put = own.getCopyOfContextMap();
    if (put != null) {
      all.putAll(put);
    }
    return all;
  }

  @Override
  public @Nullable String get(String key) {
    String put = own.get(key);
    return put == null ? Fields.current().get(key) : put;
  }

  @Override
  public void put(String key, String value) {
    own.put(key, value);
  }

  @Override
  public void remove(String key) {
    own.remove(key);
  }

  @Override
  public void clear() {
    own.clear();
  }

  @Override
  public void setContextMap(Map<String, String> contextMap) {
    own.setContextMap(contextMap);
  }

  @Override
  public void pushByKey(String key, String value) {
    own.pushByKey(key, value);
  }

  @Override
  public @Nullable String popByKey(String key) {
    return own.popByKey(key);
  }

  @Override
  public @Nullable Deque<String> getCopyOfDequeByKey(String key) {
    return own.getCopyOfDequeByKey(key);
  }

  @Override
  public void clearDequeByKey(String key) {
    own.clearDequeByKey(key);
  }
}
