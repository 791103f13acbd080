package dev.belay;

import dev.belay.kernel.Names;
import dev.belay.kernel.Require;
import java.lang.invoke.MethodType;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The typed name of a request-scoped value. Keys are compared by identity: make each one once, in a
 * {@code static final} field. A value is neither printed nor sent unless its key says so.
 * Immutable; any thread may use it.
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
  private final Class<? super T> type;
  private final @Nullable Function<? super T, String> shown;
  private final @Nullable Codec<T> codec;

  /** No other key's: {@link Values} are found by it. */
  final int number = NEXT.getAndIncrement();

  private ContextKey(
      String name,
      Class<? super T> type,
      @Nullable Function<? super T, String> shown,
      @Nullable Codec<T> codec) {
    this.name = name;
    this.type = type;
    this.shown = shown;
    this.codec = codec;
  }

  /**
   * A key whose values are neither printed nor sent. For a generic type pass the raw class; the
   * compiler checks the rest:
   *
   * <pre>{@code
   * static final ContextKey<List<String>> TAGS = ContextKey.named("tags", List.class);
   * }</pre>
   *
   * @param name for messages; two keys may have the same
   * @param type the class of the values, or of a generic type's raw form
   * @throws IllegalArgumentException if {@code type} is primitive, of which no value is an instance
   */
  @CheckReturnValue
  public static <T> ContextKey<T> named(String name, Class<? super T> type) {
    Require.argument(name, "name", "name the key for messages");
    Require.argument(type, "type", "pass the class of the values");
    if (type.isPrimitive()) {
      Class<?> wrapper = MethodType.methodType(type).wrap().returnType();
      throw new IllegalArgumentException(
          "type is the primitive %s: pass %s.class".formatted(type, wrapper.getSimpleName()));
    }
    return new ContextKey<>(name, type, null, null);
  }

  /**
   * A new key of the same name, whose values may be printed as {@code shown} gives them. A value
   * set under this key is not found under the new one.
   */
  @CheckReturnValue
  public ContextKey<T> loggable(Function<? super T, String> shown) {
    Require.argument(shown, "shown", "pass a function such as Object::toString");
    return new ContextKey<>(name, type, shown, codec);
  }

  /**
   * A new key of the same name, whose values travel in headers as {@code codec} writes them. A
   * value set under this key is not found under the new one.
   */
  @CheckReturnValue
  public ContextKey<T> travelling(Codec<T> codec) {
    Require.argument(codec, "codec", "pass the text form of the values");
    return new ContextKey<>(name, type, shown, codec);
  }

  /** The name, for messages. */
  public String name() {
    return name;
  }

  /** The class of the values; of a generic type, its raw form. */
  public Class<? super T> type() {
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
