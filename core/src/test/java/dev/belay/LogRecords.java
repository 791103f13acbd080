package dev.belay;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * What is logged under a name while this is open. By reflection: core does not read {@code
 * java.logging}, and its tests are in its module.
 */
public final class LogRecords implements AutoCloseable {
  private final List<Object> records = Collections.synchronizedList(new ArrayList<>());
  private final Class<?> filterType;
  private final Object logger;

  public LogRecords(String name) throws ReflectiveOperationException {
    filterType = Class.forName("java.util.logging.Filter");
    logger =
        Class.forName("java.util.logging.Logger")
            .getMethod("getLogger", String.class)
            .invoke(null, name);
    set(
        Proxy.newProxyInstance(
            LogRecords.class.getClassLoader(),
            new Class<?>[] {filterType},
            (proxy, method, args) -> !records.add(args[0])));
  }

  private void set(Object filter) throws ReflectiveOperationException {
    logger.getClass().getMethod("setFilter", filterType).invoke(logger, filter);
  }

  public int size() {
    return records.size();
  }

  public String message(int index) throws ReflectiveOperationException {
    return message(records.get(index));
  }

  private static String message(Object entry) throws ReflectiveOperationException {
    return (String) entry.getClass().getMethod("getMessage").invoke(entry);
  }

  public List<String> messages() {
    List<String> messages = new ArrayList<>();
    for (Object entry : records.toArray()) {
      try {
        messages.add(message(entry));
      } catch (ReflectiveOperationException e) {
        throw new AssertionError(e);
      }
    }
    return messages;
  }

  public Throwable thrown(int index) throws ReflectiveOperationException {
    Object entry = records.get(index);
    return (Throwable) entry.getClass().getMethod("getThrown").invoke(entry);
  }

  @Override
  public void close() throws ReflectiveOperationException {
    set(null);
  }
}
