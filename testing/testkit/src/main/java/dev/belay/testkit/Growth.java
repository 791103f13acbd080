package dev.belay.testkit;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * How the live contexts below one context have grown between two moments: where each place stands
 * that made more of them than have ended. Immutable.
 */
public final class Growth {
  private final double seconds;
  private final int before;
  private final int after;
  private final List<Grown> grown;

  /** A place that has grown. */
  private record Grown(LiveContexts.Site site, int before) {
    int by() {
      return site.count() - before;
    }

    String text(double seconds) {
      return "+%d (%d before, %d now, %s) at %s, such as %s"
          .formatted(by(), before, site.count(), rate(by(), seconds), site.place(), site.example());
    }
  }

  private Growth(double seconds, int before, int after, List<Grown> grown) {
    this.seconds = seconds;
    this.before = before;
    this.after = after;
    this.grown = grown;
  }

  static Growth between(LiveContexts before, LiveContexts after) {
    List<Grown> grown =
        after.sites().stream()
            .map(site -> new Grown(site, before.count(site.place())))
            .filter(each -> each.by() > 0)
            .sorted(Comparator.comparingInt(Grown::by).reversed())
            .toList();
    double seconds = (after.nanoTime() - before.nanoTime()) / 1e9;
    return new Growth(seconds, before.count(), after.count(), grown);
  }

  /** Whether no place has grown. */
  public boolean isNone() {
    return grown.isEmpty();
  }

  /**
   * Fails a test if any place has grown.
   *
   * @throws AssertionError with the text of this report
   */
  public void requireNone() {
    if (!isNone()) {
      throw new AssertionError(toString());
    }
  }

  private static String rate(int by, double seconds) {
    return seconds > 0 ? String.format(Locale.ROOT, "%.1f/s", by / seconds) : "at once";
  }

  /** The sums, and a line for each place that has grown: by how many, how fast, where. */
  @Override
  public String toString() {
    return grown.stream()
        .map(each -> System.lineSeparator() + "  " + each.text(seconds))
        .collect(
            Collectors.joining(
                "",
                String.format(
                    Locale.ROOT,
                    "live contexts: %d before, %d now, %.1fs later",
                    before,
                    after,
                    seconds),
                ""));
  }
}
