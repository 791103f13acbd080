package dev.belay.http.wire;

import dev.belay.Context;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Header fields that carry something of a context to another process, such as a value in a {@link
 * ValueHeader}, or a tracer's own. Immutable; any thread may call anything.
 */
public interface WireFields {
  /** The names of all fields that are written or read. */
  List<String> names();

  /**
   * Writes what {@code ctx} has; nothing if it has nothing.
   *
   * @param set sets a field in place of one that is there: name, value
   * @throws IllegalArgumentException if what it has cannot stand in a header
   */
  void write(Context ctx, BiConsumer<String, String> set);

  /**
   * {@code ctx} with what has arrived, or {@code ctx} itself if nothing has, or nothing that is of
   * its form: the text comes from outside.
   *
   * @param field gives the value of a header by its name; several fields of one name are one value,
   *     joined by commas; null if there is none
   */
  Context read(Context ctx, Function<String, @Nullable String> field);
}
