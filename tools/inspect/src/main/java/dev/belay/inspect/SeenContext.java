package dev.belay.inspect;

import dev.belay.spi.LiveContext;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A context that lived when a {@link Snapshot} was taken. What is not said here is as in {@link
 * LiveContext}.
 *
 * @param id the same in each snapshot
 * @param parent the id of the context above; 0 for a root
 * @param depth how many contexts lie above it
 * @param name the names given to it since the context above; empty if there is none
 * @param path the names from the root down
 * @param kind what it was made by
 * @param leftNanos until its deadline; MAX_VALUE for none
 * @param ownLimit the limit that it sets itself; null if it inherits one, or has none
 * @param ageSeconds -1 if that is not known
 * @param children how many contexts hang below it
 * @param reactions how many registrations, waiters and calls watch it
 * @param values the loggable ones, of a context that has a name
 * @param place the line of code that made it; null if that was not recorded
 */
public record SeenContext(
    long id,
    long parent,
    int depth,
    String name,
    String path,
    LiveContext.Kind kind,
    long leftNanos,
    @Nullable Duration ownLimit,
    long ageSeconds,
    int children,
    int reactions,
    Map<String, String> values,
    @Nullable String place) {

  /** Where it was made or, if that is not known, its path. */
  String origin() {
    return place == null ? path : place;
  }

  void write(Json json) {
    json.object()
        .field("id", Long.toHexString(id))
        .field("parent", parent == 0 ? null : Long.toHexString(parent))
        .field("depth", depth)
        .field("name", name)
        .field("kind", kind.name())
        .field("leftNanos", leftNanos == Long.MAX_VALUE ? null : leftNanos)
        .field("ownLimitNanos", ownLimit == null ? null : ownLimit.toNanos())
        .field("ageSeconds", ageSeconds < 0 ? null : ageSeconds)
        .field("children", children)
        .field("reactions", reactions)
        .field("values", values)
        .field("place", place)
        .end();
  }
}
