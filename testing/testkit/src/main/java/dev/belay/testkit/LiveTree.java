package dev.belay.testkit;

import dev.belay.Context;
import dev.belay.spi.LiveContext;
import dev.belay.spi.TreeInspector;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** The live contexts below a root as a text, each with the stack of the code that made it. */
final class LiveTree {
  private static final int FRAMES = 12;

  private LiveTree() {}

  static List<Leaks.Leak> below(Context root) {
    return TreeInspector.live(root).stream()
        .map(live -> new Leaks.Leak(text(live).indent(2 * (live.depth() - 1)).stripTrailing()))
        .toList();
  }

  private static String text(LiveContext live) {
    return "live context: "
        + live.context()
        + (live.reactions() == 0 ? "" : ", watched by " + live.reactions())
        + madeBy(live).stream().map(frame -> "\n    at " + frame).collect(Collectors.joining());
  }

  /** Below the test's method there is only what called it. */
  private static boolean isJUnitsCall(StackTraceElement frame) {
    String type = frame.getClassName();
    return type.startsWith("jdk.internal.reflect.") || type.startsWith("java.lang.reflect.");
  }

  private static List<StackTraceElement> madeBy(LiveContext live) {
    Throwable site = live.site();
    StackTraceElement place = live.place();
    return site == null
        ? List.of()
        : Arrays.stream(site.getStackTrace())
            .dropWhile(frame -> place != null && !frame.equals(place))
            .takeWhile(frame -> !isJUnitsCall(frame))
            .limit(FRAMES)
            .toList();
  }
}
