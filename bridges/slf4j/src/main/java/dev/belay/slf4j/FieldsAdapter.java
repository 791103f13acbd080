package dev.belay.slf4j;

import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.spi.MDCAdapter;

/** What Logback asks for an event's fields: those of the context, below those of {@code own}. */
final class FieldsAdapter implements MDCAdapter {
  private final MDCAdapter own;

  FieldsAdapter(MDCAdapter own) {
    this.own = own;
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
