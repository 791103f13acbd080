package dev.belay;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** R3, R9, R28: threads that derive, observe and cancel at the same moment. */
@Tag("race")
class TreeRaceTest extends Fixture {
  @Test
  @DisplayName("R3: every descendant is done when cancel returns, also to the loser of a race")
  void everyDescendantIsDoneWhenAnyCancelReturns() throws Exception {
    for (int round = 0; round < 200; round++) {
      var top = Context.background().withCancel();
      List<Context> leaves = wideAndDeep(top, 300);
      var start = new CountDownLatch(1);
      var live = new AtomicReference<String>();
      List<Thread> cancellers = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        cancellers.add(
            Thread.ofPlatform()
                .start(
                    () -> {
                      awaitUninterrupted(start);
                      top.cancel();
                      for (Context leaf : leaves) {
                        if (!leaf.isDone()) {
                          live.set(leaf.toString());
                        }
                      }
                    }));
      }
      start.countDown();
      for (Thread canceller : cancellers) {
        canceller.join();
      }
      assertThat(live.get()).isNull();
    }
  }

  static List<Context> wideAndDeep(Context top, int count) {
    List<Context> all = new ArrayList<>();
    Context chain = top;
    for (int i = 0; i < count; i++) {
      chain = chain.withCancel();
      all.add(chain);
      all.add(chain.withCancel());
    }
    return all;
  }

  private static void awaitUninterrupted(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  @DisplayName("R3: a parent's cancel waits for a walk that a child's cancel has begun")
  void cancelWaitsForAWalkBelow() throws Exception {
    for (int round = 0; round < 200; round++) {
      var top = Context.background().withCancel();
      var middle = top.withCancel();
      List<Context> leaves = wideAndDeep(middle, 200);
      var below = Thread.ofPlatform().start(middle::cancel);
      top.cancel();
      assertThat(leaves).allMatch(Context::isDone);
      below.join();
    }
  }

  @Test
  @DisplayName("R9, R3: cancels that meet below a merge both return")
  void cancelsThatMeetBelowAMergeBothReturn() throws Exception {
    for (int round = 0; round < 3_000; round++) {
      var parent = Context.background().withCancel();
      var child = parent.withCancel();
      List<Context> merged = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        merged.add(parent.withCancelFrom(child).withCancel());
        merged.add(child.withCancelFrom(parent).withCancel());
      }
      Thread below = Thread.ofPlatform().start(child::cancel);
      parent.cancel();
      assertThat(merged).allMatch(Context::isDone);
      below.join();
    }
  }

  @Test
  @DisplayName("R28: any thread may call anything: deriving, observing, cancelling in a race")
  void deriveObserveAndCancelInARace() throws Exception {
    for (int round = 0; round < 2_000; round++) {
      var top = Context.background().withCancel();
      var middle = top.withCancel();
      var ran = new CountDownLatch(1);
      var derived = new AtomicReference<Context>();
      Thread deriver =
          Thread.ofPlatform()
              .start(
                  () -> {
                    derived.set(middle.withCancel());
                    middle.onDone(ran::countDown);
                  });
      Thread closer = Thread.ofPlatform().start(round % 2 == 0 ? middle::close : () -> {});
      top.cancel();
      deriver.join();
      closer.join();
      assertThat(derived.get().isDone()).isTrue();
      ran.await();
    }
  }
}
