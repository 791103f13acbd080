package dev.belay.inspect;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The tree as a text: a line for each context, indented, and one for each thread below it. */
final class TreeText {
  private final Snapshot snapshot;
  private final Map<Long, List<SeenThread>> threads = new HashMap<>();
  private final List<SeenThread> elsewhere = new ArrayList<>();
  private final StringBuilder out = new StringBuilder();
  private int left;

  TreeText(Snapshot snapshot) {
    this.snapshot = snapshot;
    Map<Long, SeenContext> known = new HashMap<>();
    snapshot.contexts().forEach(each -> known.put(each.id(), each));
    for (SeenThread thread : snapshot.threads()) {
      if (known.containsKey(thread.context())) {
        threads.computeIfAbsent(thread.context(), id -> new ArrayList<>()).add(thread);
      } else {
        elsewhere.add(thread);
      }
    }
  }

  String text(int lines) {
    left = lines;
    snapshot.contexts().forEach(this::context);
    if (!elsewhere.isEmpty()) {
      line(0, "threads under contexts that do not hang in the tree:");
      elsewhere.forEach(thread -> line(1, thread(thread) + " under " + thread.path()));
    }
    if (left < 0) {
      out.append("… %d more lines%n".formatted(-left));
    }
    return out.append(
            "%s, %s%n"
                .formatted(
                    Texts.count(snapshot.contexts().size(), "context"),
                    Texts.count(snapshot.threads().size(), "thread")))
        .toString();
  }

  private void context(SeenContext context) {
    int depth = context.depth();
    line(depth, head(context));
    threads
        .getOrDefault(context.id(), List.of())
        .forEach(thread -> line(depth + 1, "- " + thread(thread)));
  }

  private static String head(SeenContext context) {
    String name =
        context.name().isEmpty()
            ? context.depth() == 0
                ? "background"
                : "(" + context.kind().name().toLowerCase(Locale.ROOT) + ")"
            : context.name();
    var limit = context.ownLimit();
    String times =
        limit != null
            ? " [%s, %s]".formatted(Texts.time(limit.toNanos()), Texts.left(context.leftNanos()))
            : context.ageSeconds() < 0
                ? ""
                : " [%s old]".formatted(Texts.seconds(context.ageSeconds()));
    return name + times + Texts.values(context.values());
  }

  private static String thread(SeenThread thread) {
    var ended = thread.ended();
    return "%s in %s%s"
        .formatted(
            thread.shownName(),
            thread.waitsIn(),
            ended == null
                ? ""
                : ", although %s (%s ago)"
                    .formatted(ended.message(), Texts.time(ended.ago().toNanos())));
  }

  private void line(int depth, String text) {
    left--;
    if (left >= 0) {
      out.append("  ".repeat(Math.min(depth, 40))).append(text).append(System.lineSeparator());
    }
  }
}
