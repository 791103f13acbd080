package dev.belay.slf4j;

import java.util.Map;
import org.apache.logging.log4j.core.util.ContextDataProvider;

/**
 * Gives Log4j 2 the fields of {@link dev.belay.Context#current()}, for {@code %X}, JSON layouts and
 * every appender. Log4j finds it by {@link java.util.ServiceLoader}; there is nothing to call.
 */
public final class Log4jFields implements ContextDataProvider {
  /** For the {@code ServiceLoader}. */
  public Log4jFields() {
    Fields.install();
  }

  @Override
  public Map<String, String> supplyContextData() {
    return Fields.current();
  }
}
