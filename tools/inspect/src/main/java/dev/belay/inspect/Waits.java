package dev.belay.inspect;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the threads of a {@link Snapshot} wait in, the most frequent first: a statement or a request
 * where its adapter says what it works on, else the line of the program that waits. Immutable.
 */
public final class Waits {
  /** So many threads of a group are named. */
  private static final int EXAMPLES = 3;

  private final List<Group> groups;

  /** Threads that wait in the same. */
  private record Group(String in, List<SeenThread> threads) {
    long leastLeft() {
      return threads.stream().mapToLong(SeenThread::leftNanos).min().orElse(Long.MAX_VALUE);
    }

    long ended() {
      return threads.stream().filter(thread -> thread.ended() != null).count();
    }
  }

  private Waits(List<Group> groups) {
    this.groups = groups;
  }

  /** What the threads of {@code snapshot} wait in. */
  public static Waits of(Snapshot snapshot) {
    Map<String, List<SeenThread>> grouped = new LinkedHashMap<>();
    for (SeenThread thread : snapshot.threads()) {
      grouped.computeIfAbsent(thread.waitsIn(), in -> new ArrayList<>()).add(thread);
    }
    var groups = new ArrayList<Group>();
    grouped.forEach((in, threads) -> groups.add(new Group(in, threads)));
    groups.sort(Comparator.comparingInt((Group group) -> group.threads.size()).reversed());
    return new Waits(List.copyOf(groups));
  }

  /** As JSON, on one line. */
  public String json() {
    Json json = Json.document().array("waits");
    for (Group group : groups) {
      json.object().field("in", group.in).field("count", group.threads.size());
      json.array("threads");
      group.threads.forEach(thread -> thread.write(json));
      json.endArray().end();
    }
    return json.endArray().end().toString();
  }

  /** Some lines for each group. */
  @Override
  public String toString() {
    if (groups.isEmpty()) {
      return "no thread waits under a context%n".formatted();
    }
    var out = new StringBuilder();
    for (Group group : groups) {
      out.append("%d in %s%n".formatted(group.threads.size(), group.in));
      out.append("    %s".formatted(Texts.left(group.leastLeft())));
      out.append(group.ended() == 0 ? "" : ", %d under an ended context".formatted(group.ended()));
      out.append(System.lineSeparator());
      group.threads.stream().limit(EXAMPLES).forEach(thread -> out.append(example(thread)));
      if (group.threads.size() > EXAMPLES) {
        out.append("    … %d more%n".formatted(group.threads.size() - EXAMPLES));
      }
    }
    return out.toString();
  }

  private static String example(SeenThread thread) {
    return "    %s for %s%s%n"
        .formatted(thread.shownName(), thread.path(), Texts.values(thread.values()));
  }
}
