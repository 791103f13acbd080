package dev.belay.http.wire;

import dev.belay.Context;
import java.lang.System.Logger.Level;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The {@link TraceState} of a context's {@link Trace}, in {@code tracestate}. */
final class StateHeader {
  static final String NAME = "tracestate";

  private static final System.Logger LOG = System.getLogger("dev.belay.http");

  private StateHeader() {}

  static void write(Context ctx, BiConsumer<String, String> set) {
    Trace trace = ctx.get(Trace.KEY);
    String state = trace == null ? null : trace.state().format();
    if (state != null) {
      set.accept(NAME, state);
    }
  }

  /**
   * {@code before} with the trace that was read and its state: a state without its trace says
   * nothing, and a trace is one without its state.
   */
  static Context read(Context before, Trace trace, Function<String, @Nullable String> field) {
    String text = field.apply(NAME);
    Trace whole = trace;
    try {
      whole = text == null ? trace : trace.withState(TraceState.parse(text));
    } catch (IllegalArgumentException e) {
      LOG.log(Level.DEBUG, "header {0} refused: {1}", NAME, e.getMessage());
    }
    return before.withValue(Trace.KEY, whole);
  }
}
