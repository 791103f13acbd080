package dev.belay.testkit;

import dev.belay.Context;
import dev.belay.spi.LiveContext;
import dev.belay.spi.TreeInspector;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The live contexts below one context at one moment, counted by the line of code that made them.
 * Compare two of them to see what leaks, from where and how fast:
 *
 * <pre>{@code
 * LiveContexts before = LiveContexts.below(root);
 * …
 * LiveContexts.below(root).growthSince(before).requireNone();
 * }</pre>
 *
 * <p>The lines are known below the root of a test, below {@link dev.belay.spi.Roots#open} with
 * sites, and in a process with {@code -Ddev.belay.leakSample=1}; elsewhere the names on the path
 * take their place. Immutable.
 */
public final class LiveContexts {
  private final long nanoTime;
  private final Map<String, Site> sites;

  /**
   * Those that were made at one place.
   *
   * @param place the line of code or, where that is not known, the path
   * @param example one of them
   */
  record Site(String place, int count, String example) {
    @Override
    public String toString() {
      return "%d at %s, such as %s".formatted(count, place, example);
    }
  }

  LiveContexts(long nanoTime, List<Site> sites) {
    this.nanoTime = nanoTime;
    this.sites =
        sites.stream()
            .sorted(Comparator.comparingInt(Site::count).reversed())
            .collect(Collectors.toMap(Site::place, site -> site, (a, b) -> a, LinkedHashMap::new));
  }

  /**
   * Counts those that are live below {@code ctx} now. What begins or ends meanwhile may be counted
   * or not.
   *
   * @param ctx a context that tracks what is derived from it: the root of a test, or one of {@link
   *     Context#root}, or below such a one
   * @throws IllegalArgumentException if it does not track, and has not ended
   */
  public static LiveContexts below(Context ctx) {
    if (!TreeInspector.isTracked(ctx) && !ctx.isDone()) {
      throw new IllegalArgumentException(
          "cannot tell what is live below %s: it does not track what is derived from it; use the root of a test, or Context.root(name)"
              .formatted(ctx));
    }
    Map<String, List<LiveContext>> byPlace =
        TreeInspector.live(ctx).stream().collect(Collectors.groupingBy(LiveContexts::place));
    return new LiveContexts(
        System.nanoTime(),
        byPlace.entrySet().stream()
            .map(
                each ->
                    new Site(
                        each.getKey(),
                        each.getValue().size(),
                        each.getValue().getFirst().context().toString()))
            .toList());
  }

  private static String place(LiveContext live) {
    StackTraceElement place = live.place();
    return place != null
        ? place.toString()
        : "an unknown place: " + live.context().toString().replaceAll(" \\[[^\\]]*]", "");
  }

  /** How many there are. */
  public int count() {
    return sites.values().stream().mapToInt(Site::count).sum();
  }

  /** Compares these with those of an earlier moment. */
  public Growth growthSince(LiveContexts earlier) {
    return Growth.between(earlier, this);
  }

  List<Site> sites() {
    return List.copyOf(sites.values());
  }

  /** How many were made at {@code place}. */
  int count(String place) {
    Site site = sites.get(place);
    return site == null ? 0 : site.count;
  }

  long nanoTime() {
    return nanoTime;
  }

  /** How many, and a line for each place, the largest number first. */
  @Override
  public String toString() {
    return sites.values().stream()
        .map(site -> System.lineSeparator() + "  " + site)
        .collect(Collectors.joining("", count() + " live context(s)", ""));
  }
}
