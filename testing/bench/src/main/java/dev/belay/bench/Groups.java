package dev.belay.bench;

import dev.belay.CancellableContext;
import dev.belay.Context;
import dev.belay.group.TaskGroup;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.StructuredTaskScope;

/** One task on a thread of its own, awaited. */
final class Groups {
  static final String GROUP = "Groups.group";
  static final String SCOPE = "Groups.structuredTaskScope";
  static final String THREAD = "Groups.virtualThread";

  private static final int TURNS = 200;
  private static final int TASKS = 200;

  private final CancellableContext parent;
  private volatile int result = 42;

  private Groups(CancellableContext parent) {
    this.parent = parent;
  }

  /**
   * A fork of {@link Turns}.
   *
   * @param args the file
   */
  public static void main(String[] args) throws Exception {
    try (CancellableContext parent = Context.background().withCancel()) {
      var groups = new Groups(parent);
      Map<String, Turns.Turn> kinds = new LinkedHashMap<>();
      kinds.put(GROUP, () -> turn(groups::group));
      kinds.put(SCOPE, () -> turn(groups::structuredTaskScope));
      kinds.put(THREAD, () -> turn(groups::virtualThread));
      Turns.take(kinds, TURNS, Path.of(args[0]));
    }
  }

  private interface Task {
    int run() throws Exception;
  }

  private static double turn(Task task) throws Exception {
    long sum = 0;
    long begin = System.nanoTime();
    for (int i = 0; i < TASKS; i++) {
      sum += task.run();
    }
    double each = (System.nanoTime() - begin) / (double) TASKS;
    if (sum != 42 * TASKS) {
      throw new AssertionError("a task gave something else: " + sum);
    }
    return each;
  }

  private int group() throws Exception {
    try (var group = TaskGroup.<Integer>open(parent)) {
      var fork = group.fork("task", ctx -> result);
      group.join();
      return fork.get();
    }
  }

  @SuppressWarnings("preview") // the peer, JDK 25's form
  private int structuredTaskScope() throws Exception {
    try (var scope = StructuredTaskScope.<Integer>open()) {
      var task = scope.fork(() -> result);
      scope.join();
      return task.get();
    }
  }

  /** The least that one can do. */
  private int virtualThread() throws Exception {
    int[] got = new int[1];
    Thread.startVirtualThread(() -> got[0] = result).join();
    return got[0];
  }
}
