package dev.belay.bench.inside;

import dev.belay.CancellableContext;
import dev.belay.Context;
import dev.belay.ContextKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.openjdk.jol.info.GraphLayout;

/** How many bytes a context adds to what its parent holds already. */
public final class Bytes {
  private static final int MANY = 10_000;
  private static final Duration HOUR = Duration.ofHours(1);

  /** One object, so that it is not counted. */
  private enum Reaction implements Runnable {
    NONE;

    @Override
    public void run() {}
  }

  private Bytes() {}

  static String table() {
    var out = new StringBuilder("  bytes  a context below a live parent that many share\n");
    lines().forEach((what, bytes) -> out.append("%7d  %s\n".formatted(bytes, what)));
    return out.toString();
  }

  /** Bytes by what is done. */
  public static Map<String, Long> lines() {
    Map<String, Long> out = new LinkedHashMap<>();
    line(out, "withCancel(), unobserved", Context::withCancel);
    line(out, "withTimeout(…), unobserved", parent -> parent.withTimeout(HOUR));
    line(out, "withCancel(), with one reaction", parent -> observed(parent.withCancel()));
    line(out, "withTimeout(…), with one reaction", parent -> observed(parent.withTimeout(HOUR)));
    line(out, "withCancel(), closed", Bytes::closed);
    line(out, "withName(…)", parent -> parent.withName("charge"));
    for (int values : new int[] {1, 8, 32}) {
      line(out, "withValue(…), " + values + " on the path", parent -> valued(parent, values));
    }
    return out;
  }

  private static CancellableContext observed(CancellableContext ctx) {
    ctx.onDone(Reaction.NONE);
    return ctx;
  }

  private static CancellableContext closed(Context parent) {
    CancellableContext child = parent.withCancel();
    child.close();
    return child;
  }

  private static final List<ContextKey<Integer>> KEYS =
      IntStream.range(0, 32).mapToObj(i -> ContextKey.named("key" + i, Integer.class)).toList();

  private static Context valued(Context parent, int values) {
    Context ctx = parent;
    for (int i = 0; i < values; i++) {
      ctx = ctx.withValue(KEYS.get(i), i);
    }
    return ctx;
  }

  private static void line(Map<String, Long> out, String what, Function<Context, Context> derive) {
    try (var parent = Context.background().withCancel()) {
      observed(parent);
      observed(parent.withTimeout(HOUR)); // loads and links what one context alone would pay for
      List<Object> kept = new ArrayList<>(MANY);
      Object[] roots = {parent, kept, KEYS, Reaction.NONE};
      long before = GraphLayout.parseInstance(roots).totalSize();
      for (int i = 0; i < MANY; i++) {
        kept.add(derive.apply(parent));
      }
      long after = GraphLayout.parseInstance(roots).totalSize();
      out.put(what, Math.round((after - before) / (double) MANY));
    }
  }
}
