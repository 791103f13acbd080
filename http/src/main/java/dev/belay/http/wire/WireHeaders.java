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
 * both sides are set up alike. Whatever header has the {@link Trace}, its {@link TraceState} is in
 * {@code tracestate}. Immutable.
 *
 * @param remainingTime carries the deadline; null for none
 * @param values carry values
 */
public record WireHeaders(
    @Nullable RemainingTimeHeader remainingTime, List<ValueHeader<?>> values) {

  private static final System.Logger LOG = System.getLogger("dev.belay.http");
  private static final String STATE = "tracestate";

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

  /** The same with one more value. */
  public WireHeaders with(ValueHeader<?> header) {
    Objects.requireNonNull(header, "header is null: pass the header of a key that travels");
    return new WireHeaders(
        remainingTime, Stream.<ValueHeader<?>>concat(values.stream(), Stream.of(header)).toList());
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
    for (ValueHeader<?> each : values) {
      String text = each.format(ctx);
      if (text != null) {
        set.accept(each.name(), text);
        writeState(ctx, each, set);
      }
    }
  }

  private static void writeState(
      Context ctx, ValueHeader<?> header, BiConsumer<String, String> set) {
    Trace trace = header.key().equals(Trace.KEY) ? ctx.get(Trace.KEY) : null;
    String state = trace == null ? null : trace.state().format();
    if (state != null) {
      set.accept(STATE, state);
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
    for (ValueHeader<?> each : values) {
      Context read = each.read(filled, field.apply(each.name()));
      filled = each.key().equals(Trace.KEY) ? withState(filled, read, field) : read;
    }
    return filled;
  }

  /** A state without its trace says nothing, and a trace is one without its state. */
  @SuppressWarnings("ReferenceEquality") // a context is itself
  private static Context withState(
      Context before, Context read, Function<String, @Nullable String> field) {
    Trace trace = read == before ? null : read.get(Trace.KEY);
    String text = trace == null ? null : field.apply(STATE);
    if (trace == null || text == null) {
      return read;
    }
    try {
      return before.withValue(Trace.KEY, trace.withState(TraceState.parse(text)));
    } catch (IllegalArgumentException e) {
      LOG.log(Level.DEBUG, "header {0} refused: {1}", STATE, e.getMessage());
      return read;
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
