package dev.belay.http.wire;

import dev.belay.Context;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Objects;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The headers that carry a context to another process. A client writes them, a server reads them;
 * both sides are set up alike. Immutable.
 *
 * @param remainingTime carries the deadline; null for none
 * @param values carry values, in their order: where two write the same field, the last one stays
 */
public record WireHeaders(@Nullable RemainingTimeHeader remainingTime, List<WireFields> values) {
  private static final System.Logger LOG = System.getLogger("dev.belay.http");

  /**
   * {@link RemainingTimeHeader#DEFAULT}, and the {@link Trace} in {@code traceparent} and {@code
   * tracestate}.
   */
  public static final WireHeaders DEFAULT =
      new WireHeaders(
          RemainingTimeHeader.DEFAULT, List.of(new ValueHeader<>("traceparent", Trace.KEY)));

  /** No headers at all, to begin with. */
  public static final WireHeaders NONE = new WireHeaders(null, List.of());

  /** Copies the list. */
  public WireHeaders {
    values = List.copyOf(values);
  }

  /** The same with the remaining time in {@code header}. */
  public WireHeaders withRemainingTime(RemainingTimeHeader header) {
    Objects.requireNonNull(header, "header is null: use withoutRemainingTime()");
    return new WireHeaders(header, values);
  }

  /** The same, without the remaining time. */
  public WireHeaders withoutRemainingTime() {
    return new WireHeaders(null, values);
  }

  /** The same with more: a {@link ValueHeader}, or fields of another library. */
  public WireHeaders with(WireFields fields) {
    Objects.requireNonNull(fields, "fields are null: pass the header of a key that travels");
    return new WireHeaders(
        remainingTime, Stream.concat(values.stream(), Stream.of(fields)).toList());
  }

  /**
   * Writes what {@code ctx} has, as of now. A name that the request has already is to be replaced:
   * a header copied from an incoming request is stale.
   *
   * @param set sets a header: name, value
   * @throws IllegalArgumentException if a codec gives what no header may hold
   */
  public void write(Context ctx, BiConsumer<String, String> set) {
    String left = remainingTime == null ? null : remainingTime.format(ctx);
    if (remainingTime != null && left != null) {
      set.accept(remainingTime.name(), left);
    }
    for (WireFields each : values) {
      each.write(ctx, set);
    }
  }

  /**
   * {@code ctx} with the values that have arrived. The remaining time is read on its own: it
   * becomes the request's deadline.
   *
   * @param field gives the value of a header by its name; several fields of one name are one value,
   *     joined by commas; null if there is none
   */
  public Context readValues(Context ctx, Function<String, @Nullable String> field) {
    Context filled = ctx;
    for (WireFields each : values) {
      filled = read(each, filled, field);
    }
    return filled;
  }

  /** Code that is not ours may throw anything; the request goes on without it. */
  private static Context read(
      WireFields fields, Context ctx, Function<String, @Nullable String> field) {
    try {
      return fields.read(ctx, field);
    } catch (Throwable e) {
      LOG.log(Level.DEBUG, "headers {0} refused: {1}", fields.names(), e.getClass().getName());
      return ctx;
    }
  }

  /**
   * How much time the sender has left.
   *
   * @param field gives the value of a header by its name; several fields of one name are one value,
   *     joined by commas, and so refused; null if there is none
   */
  public RemainingTime readRemainingTime(Function<String, @Nullable String> field) {
    return RemainingTime.parse(remainingTime == null ? null : field.apply(remainingTime.name()));
  }
}
