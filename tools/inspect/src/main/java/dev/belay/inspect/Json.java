package dev.belay.inspect;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes JSON. Fields without a value are left out. A reader finds the {@link #FORMAT} in the
 * outermost object: it grows when a field changes its meaning or goes; fields may be added.
 */
final class Json {
  static final int FORMAT = 1;

  private final StringBuilder out = new StringBuilder();
  private boolean first = true;

  /** An outermost object. */
  static Json document() {
    return new Json().object().field("format", FORMAT);
  }

  Json object() {
    return open('{');
  }

  Json end() {
    return close('}');
  }

  Json array(String name) {
    name(name);
    return open('[');
  }

  Json endArray() {
    return close(']');
  }

  Json field(String name, @Nullable Object value) {
    if (value != null
        && !(value instanceof Map<?, ?> map && map.isEmpty())
        && !(value instanceof List<?> list && list.isEmpty())) {
      name(name);
      value(value);
      first = false;
    }
    return this;
  }

  @Override
  public String toString() {
    return out.toString();
  }

  private void value(Object value) {
    switch (value) {
      case Number number -> out.append(number);
      case Boolean truth -> out.append(truth);
      case Map<?, ?> map -> {
        open('{');
        map.forEach((key, each) -> field(String.valueOf(key), each));
        close('}');
      }
      case List<?> list -> {
        open('[');
        for (Object each : list) {
          comma();
          value(each);
          first = false;
        }
        close(']');
      }
      default -> text(value.toString());
    }
  }

  private Json open(char bracket) {
    comma();
    out.append(bracket);
    first = true;
    return this;
  }

  private Json close(char bracket) {
    out.append(bracket);
    first = false;
    return this;
  }

  private void name(String name) {
    comma();
    text(name);
    out.append(':');
    first = true;
  }

  private void comma() {
    if (!first) {
      out.append(',');
    }
    first = true;
  }

  private void text(String text) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        default -> {
          if (c < ' ' || Character.isSurrogate(c) || c == '\u2028' || c == '\u2029') {
            out.append("\\u%04x".formatted((int) c));
          } else {
            out.append(c);
          }
        }
      }
    }
    out.append('"');
  }
}
