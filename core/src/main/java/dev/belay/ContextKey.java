package dev.belay;

import dev.belay.kernel.Names;
import dev.belay.kernel.Require;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The typed name of a request-scoped value. Keys are compared by identity: make each one once, in a
 * {@code static final} field. A value is neither printed nor sent unless its key says so (R15,
 * R16).
 *
 * @param <T> the type of the values
 */
public final class ContextKey<T> {
  private static final AtomicInteger NEXT = new AtomicInteger();

  /** Turns values into text and back, for a header. */
  public interface Codec<T> {
    /** The text form; printable ASCII without line breaks. */
    String encode(T value);

    /**
     * The value of a text that came from outside.
     *
     * @throws IllegalArgumentException if it is not one
     */
    T decode(String text);
  }

  private final String name;
  private final Class<T> type;
  private final @Nullable Function<? super T, String> shown;
  private final @Nullable Codec<T> codec;

  /** No other key's: {@link Values} are found by it. */
  final int number = NEXT.getAndIncrement();

  private ContextKey(
      String name,
      Class<T> type,
      @Nullable Function<? super T, String> shown,
      @Nullable Codec<T> codec) {
    this.name = name;
    this.type = type;
    this.shown = shown;
    this.codec = codec;
  }

  /** A key whose values are neither printed nor sent. */
  public static <T> ContextKey<T> named(String name, Class<T> type) {
    Require.argument(name, "name", "name the key for messages");
    Require.argument(type, "type", "pass the class of the values");
    return new ContextKey<>(name, type, null, null);
  }

  /** A new key, of this one's name, whose values may be printed as {@code shown} gives them. */
  public ContextKey<T> loggable(Function<? super T, String> shown) {
    Require.argument(shown, "shown", "pass a function such as Object::toString");
    return new ContextKey<>(name, type, shown, codec);
  }

  /** A new key, of this one's name, whose values travel in headers as {@code codec} writes them. */
  public ContextKey<T> travelling(Codec<T> codec) {
    Require.argument(codec, "codec", "pass the text form of the values");
    return new ContextKey<>(name, type, shown, codec);
  }

  /** The name, for messages. */
  public String name() {
    return name;
  }

  /** The class of the values. */
  public Class<T> type() {
    return type;
  }

  /** What may be printed of {@code value}: null unless the key is loggable. */
  public @Nullable String show(T value) {
    return shown == null ? null : Names.shown(shown.apply(value));
  }

  /** How values travel; null unless the key does. */
  public @Nullable Codec<T> codec() {
    return codec;
  }

  /** The name and the type, never a value. */
  @Override
  public String toString() {
    return "ContextKey(" + Names.shown(name) + ": " + type.getSimpleName() + ")";
  }
}
