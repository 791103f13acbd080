package dev.belay;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.FutureTask;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** R3 and R8 under load: two threads end a very large tree at once. */
class TreeStress {
  private static final int NODES = Integer.getInteger("belay.stress.nodes", 50_000);
  private static final int ROUNDS = Integer.getInteger("belay.stress.rounds", 2);

  /** A tree, from its top down; the middle is in between. */
  private record Tree(List<CancellableContext> nodes) {
    CancellableContext top() {
      return nodes.getFirst();
    }

    CancellableContext middle() {
      return nodes.get(nodes.size() / 2);
    }

    static Tree wide(int size) {
      var nodes = new ArrayList<CancellableContext>();
      CancellableContext top = Context.background().withCancel();
      nodes.add(top);
      while (nodes.size() < size) {
        CancellableContext child = top.withCancel();
        nodes.add(child);
        nodes.add(child.withCancel());
      }
      return new Tree(nodes);
    }

    static Tree deep(int size) {
      var nodes = new ArrayList<CancellableContext>();
      nodes.add(Context.background().withCancel());
      while (nodes.size() < size) {
        nodes.add(nodes.getLast().withCancel());
      }
      return new Tree(nodes);
    }

    static Tree branching(int size) {
      var nodes = new ArrayList<CancellableContext>();
      nodes.add(Context.background().withCancel());
      while (nodes.size() < size) {
        nodes.add(nodes.get((nodes.size() - 1) / 3).withCancel());
      }
      return new Tree(nodes);
    }
  }

  static Stream<IntFunction<Tree>> trees() {
    return Stream.of(Tree::wide, Tree::deep, Tree::branching);
  }

  @ParameterizedTest
  @MethodSource("trees")
  @DisplayName("R3, R8: both cancels of the top return when all is done")
  void bothCancelsReturnWhenAllIsDone(IntFunction<Tree> shape) throws Exception {
    for (int round = 0; round < ROUNDS; round++) {
      Tree tree = shape.apply(NODES);
      assertThat(together(() -> liveAfter(tree.top(), tree), () -> liveAfter(tree.top(), tree)))
          .containsExactly(0, 0);
    }
  }

  @ParameterizedTest
  @MethodSource("trees")
  @DisplayName("R3, R8: the cancel of the top waits for one that has begun below")
  void theUpperCancelWaitsForTheLower(IntFunction<Tree> shape) throws Exception {
    for (int round = 0; round < ROUNDS; round++) {
      Tree tree = shape.apply(NODES);
      List<Integer> live =
          together(
              () -> liveAfter(tree.top(), tree),
              () -> {
                tree.middle().cancel(Causes.B);
                return 0;
              });
      assertThat(live).containsExactly(0, 0);
    }
  }

  private static int liveAfter(CancellableContext cancelled, Tree tree) {
    cancelled.cancel(Causes.A);
    return Causes.live(tree.nodes);
  }

  private static List<Integer> together(Callable<Integer> one, Callable<Integer> other)
      throws Exception {
    var start = new CyclicBarrier(2);
    var tasks = new ArrayList<FutureTask<Integer>>();
    for (Callable<Integer> each : List.of(one, other)) {
      var task =
          new FutureTask<>(
              () -> {
                start.await();
                return each.call();
              });
      tasks.add(task);
      Thread.ofPlatform().daemon().start(task);
    }
    return List.of(tasks.getFirst().get(), tasks.getLast().get());
  }
}
