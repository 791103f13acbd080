package dev.belay.slf4j;

import dev.belay.Context;
import dev.belay.spi.Ambient;
import dev.belay.spi.ContextCarrier;
import dev.belay.spi.ContextCarriers;
import dev.belay.spi.Loggable;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/** What a log event has of {@link Context#current()}. */
final class Fields {
  /** The field with the path of names. */
  static final String PATH = "context";

  /** What a layout's pattern cannot name. */
  private static final Pattern OTHERS = Pattern.compile("[^\\p{L}\\p{N}._-]+");

  /**
   * A reaction's events belong to the context under which it was registered. It is bound without
   * its end: the reaction runs because of that end, and must not be refused what it does.
   */
  private static final ContextCarrier REGISTRANT =
      () -> {
        Context registrant = Context.current().withoutCancel();
        return () -> {
          Context before = Ambient.set(registrant);
          return () -> Ambient.set(before);
        };
      };

  private Fields() {}

  static void install() {
    ContextCarriers.install(REGISTRANT);
  }

  /** Of the calling thread now; none under the background. */
  static Map<String, String> current() {
    Context ctx = Context.current();
    if (ctx.equals(Context.background())) {
      return Map.of();
    }
    var fields = new LinkedHashMap<String, String>();
    fields.put(PATH, Loggable.path(ctx));
    Loggable.values(ctx)
        .forEach((key, value) -> fields.putIfAbsent(OTHERS.matcher(key).replaceAll("_"), value));
    return fields;
  }
}
