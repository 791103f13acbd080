package dev.belay.inspect;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Threads that still run under a context that has ended, in two snapshots one after the other: so
 * code that is just leaving is none. Immutable.
 */
public final class Zombies {
  private final Duration apart;
  private final List<SeenThread> threads;

  /** A thread under a context. */
  private record Work(long thread, long context) {
    static Work of(SeenThread thread) {
      return new Work(thread.id(), thread.context());
    }
  }

  private Zombies(Duration apart, List<SeenThread> threads) {
    this.apart = apart;
    this.threads = threads;
  }

  /** Those of {@code later} that were such in {@code earlier}, under the same context. */
  public static Zombies of(Snapshot earlier, Snapshot later) {
    Set<Work> before = new HashSet<>();
    earlier.threads().stream()
        .filter(thread -> thread.ended() != null)
        .forEach(thread -> before.add(Work.of(thread)));
    List<SeenThread> both =
        later.threads().stream()
            .filter(thread -> thread.ended() != null && before.contains(Work.of(thread)))
            .toList();
    return new Zombies(later.since(earlier), both);
  }

  /** The threads, as the later snapshot saw them. */
  public List<SeenThread> threads() {
    return threads;
  }

  /** As JSON, on one line. */
  public String json() {
    Json json = Json.document().field("apartMillis", apart.toMillis()).array("zombies");
    threads.forEach(thread -> thread.write(json));
    return json.endArray().end().toString();
  }

  /** Some lines for each: what ended, when, and where the thread is. */
  @Override
  public String toString() {
    if (threads.isEmpty()) {
      return "no thread ran under an ended context for %s%n".formatted(Texts.time(apart.toNanos()));
    }
    var out = new StringBuilder();
    for (SeenThread thread : threads) {
      var ended = thread.ended();
      if (ended != null) {
        out.append(
            "%s still runs for %s%s%n    %s, %s ago%n    in %s%n"
                .formatted(
                    thread.shownName(),
                    thread.path(),
                    Texts.values(thread.values()),
                    ended.message(),
                    Texts.time(ended.ago().toNanos()),
                    thread.waitsIn()));
        Stacks.shown(thread.stack()).forEach(frame -> out.append("      at %s%n".formatted(frame)));
      }
    }
    return out.toString();
  }
}
