package dev.belay.inspect;

import dev.belay.spi.TreeInspector;
import java.util.List;

/**
 * What points to a leak: the lines of code whose contexts were dropped without a close, which are
 * known for a sample since the program began; and the origins whose contexts became more between
 * two snapshots. Immutable.
 */
public final class Leaks {
  private final List<String> forgotten;
  private final Difference difference;

  private Leaks(List<String> forgotten, Difference difference) {
    this.forgotten = forgotten;
    this.difference = difference;
  }

  /** What {@code earlier} and {@code later} tell, both of this program. */
  public static Leaks of(Snapshot earlier, Snapshot later) {
    return new Leaks(
        TreeInspector.forgottenCloses().stream().sorted().toList(),
        Difference.between(earlier, later));
  }

  /** The origins that have grown, the one that has grown most first. */
  public List<Difference.Origin> grown() {
    return difference.origins().stream().filter(each -> each.growth() > 0).toList();
  }

  /** As JSON, on one line. */
  public String json() {
    Json json = Json.document().field("forgottenCloses", forgotten).array("grown");
    grown().forEach(each -> each.write(json));
    return json.endArray().end().toString();
  }

  /** A line for each. */
  @Override
  public String toString() {
    var out = new StringBuilder();
    if (forgotten.isEmpty()) {
      out.append("no context of the sample was dropped without a close%n".formatted());
    } else {
      out.append("dropped without a close, at these lines:%n".formatted());
      forgotten.forEach(place -> out.append("  %s%n".formatted(place)));
    }
    out.append(difference.sums());
    grown().forEach(each -> out.append(difference.line(each)));
    return out.toString();
  }
}
