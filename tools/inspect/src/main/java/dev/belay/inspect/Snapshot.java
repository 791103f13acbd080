package dev.belay.inspect;

import dev.belay.spi.TreeInspector;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * The contexts of this program that live at one moment, and the threads that work or wait under
 * them. It is not atomic: what begins or ends while it is taken may be in it or not. Below a
 * tracked root ({@link dev.belay.Context#root}) every context is in it, elsewhere those that are
 * observed or derived from. Holds no context and no thread. Immutable.
 */
public final class Snapshot {
  /** So many lines {@link #toString()} has at most. */
  private static final int LINES = 1_000;

  private final Instant at;
  private final long nanoTime;
  private final List<SeenContext> contexts;
  private final List<SeenThread> threads;

  Snapshot(Instant at, long nanoTime, List<SeenContext> contexts, List<SeenThread> threads) {
    this.at = at;
    this.nanoTime = nanoTime;
    this.contexts = List.copyOf(contexts);
    this.threads = List.copyOf(threads);
  }

  /**
   * Takes one: of all roots ({@link TreeInspector#roots}), and of the threads that wait for an end
   * or are in a call that an end cancels, with their stacks. Other threads are known only to the
   * command line, which attaches from outside.
   */
  public static Snapshot take() {
    return take(ThreadSource.NONE);
  }

  /** Takes one, with the threads that {@code others} knows beside. */
  public static Snapshot take(ThreadSource others) {
    return Taking.snapshot(others);
  }

  /** When it was taken. */
  public Instant at() {
    return at;
  }

  /** How much time has passed since {@code earlier} was taken. */
  public Duration since(Snapshot earlier) {
    return Duration.ofNanos(nanoTime - earlier.nanoTime);
  }

  /** The contexts, each after the one above it. */
  public List<SeenContext> contexts() {
    return contexts;
  }

  /** The threads. */
  public List<SeenThread> threads() {
    return threads;
  }

  /** The tree as a text of at most {@code lines} lines and one more, which says what is missing. */
  public String tree(int lines) {
    return new TreeText(this).text(lines);
  }

  /** All of it as JSON, on one line. */
  public String json() {
    Json json = Json.document().field("at", at).array("contexts");
    contexts.forEach(each -> each.write(json));
    json.endArray().array("threads");
    threads.forEach(each -> each.write(json));
    return json.endArray().end().toString();
  }

  /** The tree, up to a thousand lines of it. */
  @Override
  public String toString() {
    return tree(LINES);
  }
}
