package dev.belay.inspect;

import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What has begun and what has ended between two snapshots, by origin: the line of code that made
 * the contexts or, where that was not recorded, the names from the root down. Immutable.
 */
public final class Difference {
  private final Duration apart;
  private final int before;
  private final int after;
  private final List<Origin> origins;

  /**
   * The contexts of one origin.
   *
   * @param at the line of code, or the path
   * @param before how many lived in the earlier snapshot
   * @param after how many live in the later one
   * @param begun how many of these are not in the earlier one
   * @param oldestSeconds the age of the oldest in the later one; -1 if that is not known
   */
  public record Origin(String at, int before, int after, int begun, long oldestSeconds) {
    /** By how many they have grown; negative for fewer. */
    public int growth() {
      return after - before;
    }

    /** How many of the earlier ones have ended. */
    public int gone() {
      return before - (after - begun);
    }

    void write(Json json) {
      json.object()
          .field("at", at)
          .field("before", before)
          .field("after", after)
          .field("begun", begun)
          .field("gone", gone())
          .field("oldestSeconds", oldestSeconds < 0 ? null : oldestSeconds)
          .end();
    }
  }

  private static final class Count {
    int before;
    int after;
    int begun;
    long oldest = -1;

    Origin origin(String at) {
      return new Origin(at, before, after, begun, oldest);
    }
  }

  private Difference(Duration apart, int before, int after, List<Origin> origins) {
    this.apart = apart;
    this.before = before;
    this.after = after;
    this.origins = origins;
  }

  /** The difference of two snapshots of one program. */
  public static Difference between(Snapshot earlier, Snapshot later) {
    Map<String, Count> counts = new HashMap<>();
    Map<Long, Integer> known = new HashMap<>(); // two may share an id
    for (SeenContext each : earlier.contexts()) {
      known.merge(each.id(), 1, Integer::sum);
      counts.computeIfAbsent(each.origin(), at -> new Count()).before++;
    }
    for (SeenContext each : later.contexts()) {
      Count count = counts.computeIfAbsent(each.origin(), at -> new Count());
      count.after++;
      int left = known.getOrDefault(each.id(), 0);
      known.put(each.id(), left - 1);
      count.begun += left > 0 ? 0 : 1;
      count.oldest = Math.max(count.oldest, each.ageSeconds());
    }
    List<Origin> origins =
        counts.entrySet().stream()
            .map(each -> each.getValue().origin(each.getKey()))
            .sorted(Comparator.comparingInt(Origin::growth).reversed().thenComparing(Origin::at))
            .toList();
    return new Difference(
        later.since(earlier), earlier.contexts().size(), later.contexts().size(), origins);
  }

  /** Every origin, the one that has grown most first. */
  public List<Origin> origins() {
    return origins;
  }

  /** As JSON, on one line. */
  public String json() {
    Json json =
        Json.document()
            .field("apartMillis", apart.toMillis())
            .field("before", before)
            .field("after", after)
            .array("origins");
    origins.forEach(each -> each.write(json));
    return json.endArray().end().toString();
  }

  /** The sums, and a line for each origin of which something has begun or ended. */
  @Override
  public String toString() {
    var out = new StringBuilder(sums());
    for (Origin each : origins) {
      if (each.begun > 0 || each.gone() > 0) {
        out.append(line(each));
      }
    }
    return out.toString();
  }

  String sums() {
    return "%d contexts before, %d now, %s later%n"
        .formatted(before, after, Texts.time(apart.toNanos()));
  }

  String line(Origin each) {
    double perSecond = each.growth() * 1e9 / Math.max(1, apart.toNanos());
    return String.format(
        Locale.ROOT,
        "  %+d (%d began, %d ended, %d now, %+.1f/s%s) at %s%n",
        each.growth(),
        each.begun,
        each.gone(),
        each.after,
        perSecond,
        each.oldestSeconds < 0 ? "" : ", oldest " + Texts.seconds(each.oldestSeconds),
        each.at);
  }
}
