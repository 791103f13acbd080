package dev.belay.http.wire;

import dev.belay.Context;
import dev.belay.ContextKey;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Objects;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A header that carries the value of a key that travels, as the key's codec writes and reads it.
 * Whatever header has the {@link Trace}, its {@link TraceState} is in {@code tracestate}.
 * Immutable.
 *
 * @param name the field's name
 * @param key travels
 * @param <T> the type of the values
 */
public record ValueHeader<T>(String name, ContextKey<T> key) implements WireFields {
  private static final System.Logger LOG = System.getLogger("dev.belay.http");
  private static final int LONGEST = 4096;

  /**
   * Checks the name and the key.
   *
   * @throws IllegalArgumentException if {@code name} is no HTTP field name, or the key does not
   *     travel
   */
  public ValueHeader {
    Objects.requireNonNull(name, "name is null: pass the name of a header");
    Objects.requireNonNull(key, "key is null: pass a key that travels");
    FieldName.require(name);
    codec(key);
  }

  private static <T> ContextKey.Codec<T> codec(ContextKey<T> key) {
    ContextKey.Codec<T> codec = key.codec();
    if (codec == null) {
      throw new IllegalArgumentException(key + " does not travel: make it with travelling(codec)");
    }
    return codec;
  }

  private boolean hasTrace() {
    return key.equals(Trace.KEY);
  }

  @Override
  public List<String> names() {
    return hasTrace() ? List.of(name, StateHeader.NAME) : List.of(name);
  }

  /**
   * Sets the field if {@code ctx} has a value.
   *
   * @throws IllegalArgumentException if the codec gives what no header may hold
   */
  @Override
  public void write(Context ctx, BiConsumer<String, String> set) {
    String text = format(ctx);
    if (text == null) {
      return;
    }
    set.accept(name, text);
    if (hasTrace()) {
      StateHeader.write(ctx, set);
    }
  }

  private @Nullable String format(Context ctx) {
    T value = ctx.get(key);
    if (value == null) {
      return null;
    }
    String text = codec(key).encode(value);
    int bad = unprintable(text);
    if (bad >= 0) {
      throw new IllegalArgumentException(
          "the codec of %s gave a character at %d that is not printable ASCII: header %s cannot"
                  .formatted(key, bad, name)
              + " hold it");
    }
    return text;
  }

  /** Where the first character is that is not printable ASCII; negative if all are. */
  private static int unprintable(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) < ' ' || text.charAt(i) > '~') {
        return i;
      }
    }
    return -1;
  }

  /**
   * {@code ctx} with the value of the field. The result is {@code ctx} where the field's text is
   * longer than 4,096 characters or not printable ASCII, so that no client can send what {@link
   * #write} would refuse to send on; or where the codec refuses it, by giving null or by throwing
   * anything.
   */
  @Override
  public Context read(Context ctx, Function<String, @Nullable String> field) {
    String text = field.apply(name);
    if (text == null || text.length() > LONGEST || unprintable(text) >= 0) {
      return ctx;
    }
    try {
      T value = codec(key).decode(text);
      return value instanceof Trace trace && hasTrace()
          ? StateHeader.read(ctx, trace, field)
          : ctx.withValue(key, value);
    } catch (Throwable e) { // also what the codec does not declare, and errors
      LOG.log(Level.DEBUG, "header {0} refused by its codec: {1}", name, e.getClass().getName());
      return ctx;
    }
  }
}
