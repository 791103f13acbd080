package dev.belay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.spi.Roots;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** R1–R10: the tree. */
class TreeTest extends Fixture {

  @Test
  @DisplayName("R1: a child ends when its parent ends")
  void cancellingTheParentCancelsTheChild() {
    var parent = root.withCancel();
    var child = parent.withCancel();
    parent.cancel();
    assertThat(child.isDone()).isTrue();
    assertThat(child.status()).isEqualTo(Status.CANCELLED);
  }

  @Test
  @DisplayName("R1: a parent never ends because a child did")
  void cancellingTheChildLeavesTheParentActive() {
    var parent = root.withCancel();
    var child = parent.withCancel();
    var sibling = parent.withCancel();
    child.cancel();
    assertThat(parent.isDone()).isFalse();
    assertThat(sibling.isDone()).isFalse();
    assertThat(parent.cause()).isNull();
  }

  @Test
  @DisplayName("R1: current() cannot be cast to the right to cancel")
  void currentHandsOutNoRightToCancel() {
    var owned = root.withCancel();
    owned.run(
        ctx -> {
          assertThat(Context.current()).isNotInstanceOf(CancellableContext.class);
          assertThat(Context.current().withValue(USER, "ada"))
              .isNotInstanceOf(CancellableContext.class);
        });
    assertThat(Context.current()).isSameAs(Context.background());
  }

  @Test
  @DisplayName("R2: status and cause are set once")
  void onlyTheFirstEndCounts() throws Exception {
    var first = new IllegalStateException("first");
    var ctx = root.withTimeout(SECOND);
    ctx.cancel(first);
    ctx.cancel(new IllegalStateException("second"));
    ctx.close();
    clock.advance(SECOND.multipliedBy(2));
    assertThat(ctx.status()).isEqualTo(Status.CANCELLED);
    assertThat(ctx.cause()).isSameAs(first);
  }

  @Test
  @DisplayName("R2: an untracked leaf that was seen ended by its parent keeps that end")
  void aLeafKeepsTheEndItWasSeenWith() {
    var parent = Context.background().withCancel();
    var leaf = parent.withCancel();
    var why = new IllegalStateException("parent");
    parent.cancel(why);
    assertThat(leaf.cause()).isSameAs(why);
    leaf.cancel(new IllegalStateException("own"));
    assertThat(leaf.cause()).isSameAs(why);
  }

  @Test
  @DisplayName("R2: a leaf that is cancelled after its parent, unseen, has its parent's end")
  void aLeafCancelledAfterItsParentHasTheParentsEnd() {
    var parent = Context.background().withCancel();
    var leaf = parent.withCancel();
    var why = new IllegalStateException("parent");
    parent.cancel(why);
    leaf.cancel(new IllegalStateException("own"));
    assertThat(leaf.cause()).isSameAs(why);
  }

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

  private static List<Context> wideAndDeep(Context top, int count) {
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

  @ParameterizedTest
  @MethodSource("threads")
  @DisplayName("R4: status is not ACTIVE exactly when awaitDone() returns")
  void statusAndAwaitDoneAgree(ThreadFactory threads) throws Exception {
    var ctx = root.withCancel();
    var seen = new AtomicReference<Status>();
    Thread waiter =
        threads.newThread(
            () -> {
              try {
                ctx.awaitDone();
                seen.set(ctx.status());
              } catch (InterruptedException e) {
                throw new AssertionError(e);
              }
            });
    waiter.start();
    awaitParked(waiter);
    assertThat(ctx.status()).isEqualTo(Status.ACTIVE);
    ctx.cancel();
    waiter.join();
    assertThat(seen.get()).isEqualTo(Status.CANCELLED);
    ctx.awaitDone();
  }

  @Test
  @DisplayName("R5: the whole subtree has the identical cause")
  void theCauseIsTheIdenticalObjectInTheSubtree() {
    var why = new IllegalStateException("why");
    var top = root.withCancel();
    List<Context> below = wideAndDeep(top, 50);
    Context named = below.getLast().withName("leaf").withValue(USER, "ada");
    top.cancel(why);
    assertThat(below).allSatisfy(ctx -> assertThat(ctx.cause()).isSameAs(why));
    assertThat(named.cause()).isSameAs(why);
    assertThat(named.ending()).isSameAs(top.ending());
  }

  @Test
  @DisplayName("R5: built-in causes are shared and have no stack")
  void builtInCausesAreSharedAndStackless() {
    var one = root.withCancel();
    var two = root.withCancel();
    one.cancel();
    two.cancel();
    assertThat(one.cause()).isSameAs(two.cause());
    assertThat(one.cause().getStackTrace()).isEmpty();
    assertThat(root.withTimeout(SECOND.negated()).cause().getStackTrace()).isEmpty();
  }

  @Test
  @DisplayName("R6: withoutCancel has no deadline, never ends, has no cause, keeps values")
  void withoutCancelKeepsOnlyValues() {
    var ctx = root.withValue(USER, "ada").withTimeout(SECOND);
    Context free = ctx.withoutCancel();
    ctx.cancel();
    assertThat(free.isDone()).isFalse();
    assertThat(free.cause()).isNull();
    assertThat(free.deadline()).isNull();
    assertThat(free.remainingNanos()).isEqualTo(Long.MAX_VALUE);
    assertThat(free.get(USER)).isEqualTo("ada");
    var child = free.withCancel();
    assertThat(child.isDone()).isFalse();
    child.close();
  }

  @Test
  @DisplayName("R6: detached work outlives its request, keeps values, and ends with its root")
  void detachedWorkHangsBelowTheRoot() {
    var request = root.withName("request").withValue(USER, "ada").withTimeout(SECOND);
    var work = request.detach("audit", SECOND.multipliedBy(30));
    request.cancel();
    assertThat(work.isDone()).isFalse();
    assertThat(work.get(USER)).isEqualTo("ada");
    assertThat(work).hasToString("background/test/audit [30s, 30s left]");
    root.cancel();
    assertThat(work.isDone()).isTrue();
  }

  @Test
  @DisplayName("R6: detached work has a limit, by the root's clock")
  void detachedWorkHasALimit() throws Exception {
    var work = root.withCancel().detach("audit", SECOND);
    clock.advance(SECOND);
    assertThat(work.status()).isEqualTo(Status.DEADLINE_EXCEEDED);
  }

  @Test
  @DisplayName("R6: without a root, detached work hangs below the background")
  void detachedWorkWithoutARoot() {
    var request = Context.background().withCancel();
    try (var work = request.detach("audit", SECOND)) {
      request.cancel();
      assertThat(work.isDone()).isFalse();
      assertThat(work.toString()).startsWith("background/audit [1s");
    }
  }

  @Test
  @DisplayName("R7: a child of an ended parent is born ended, with its status and cause")
  void aChildOfAnEndedParentIsBornEnded() {
    var why = new IllegalStateException("why");
    for (Context parent : List.of(root.withCancel(), Context.background().withCancel())) {
      ((CancellableContext) parent).cancel(why);
      for (Context child :
          List.of(
              parent.withCancel(),
              parent.withTimeout(SECOND),
              parent.withTimeout(SECOND.negated()),
              parent.withName("x").withCancel(),
              parent.withCancelFrom(parent))) {
        assertThat(child.status()).isEqualTo(Status.CANCELLED);
        assertThat(child.cause()).isSameAs(why);
      }
    }
  }

  @Test
  @DisplayName("R7: a child of a closed leaf is told who closed it")
  void aChildOfAClosedLeafTellsItsParentsStory() {
    var leaf = Context.background().withName("leaf").withCancel();
    leaf.close();
    var child = leaf.withName("child").withCancel();
    assertThat(child.status()).isEqualTo(Status.CLOSED);
    assertThat(child.ending().message()).isEqualTo("closed by its owner, \"leaf\"");
    child.cancel();
    assertThat(child.status()).isEqualTo(Status.CLOSED);
  }

  @Test
  @DisplayName("R8: a chain of 1,000,000 can be built, cancelled, printed, dropped")
  void aMillionDeep() {
    var top = Context.background().withName("top").withCancel();
    Context leaf = top;
    for (int i = 0; i < 1_000_000; i++) {
      leaf = leaf.withCancel();
    }
    assertThat(leaf.isDone()).isFalse();
    top.cancel();
    assertThat(leaf.isDone()).isTrue();
    assertThat(leaf.withName("leaf")).hasToString("background/top/leaf [CANCELLED]");
  }

  @Test
  @DisplayName("R9: a merge with what has ended leaves nothing in the other parent")
  void aMergeWithWhatHasEndedLeavesNothing() {
    CancellableContext parent = root.withCancel();
    CancellableContext other = root.withCancel();
    other.cancel();
    CancellableContext merged = parent.withCancelFrom(other);
    assertThat(merged.status()).isEqualTo(Status.CANCELLED);
    assertThat(merged.cause()).isSameAs(other.cause());
    assertThat(((CancelContext) parent).link().entries()).isEmpty();
    parent.close();
  }

  @Test
  @DisplayName("R8: toString of a long chain elides its middle")
  void aLongChainIsPrintedShort() {
    Context leaf = Context.background();
    for (int i = 0; i < 1_000_000; i++) {
      leaf = leaf.withName("n" + i);
    }
    assertThat(leaf.toString())
        .startsWith("background/n0/n1/")
        .contains("/… 999977 more …/")
        .endsWith("/n999998/n999999")
        .hasSizeLessThan(300);
  }

  @Test
  @DisplayName("R8: a parent of 1,000,000 can be built and cancelled")
  void aMillionWide() {
    var top = Context.background().withCancel();
    List<Context> children = new ArrayList<>();
    for (int i = 0; i < 1_000_000; i++) {
      var child = top.withCancel();
      if (i % 2 == 0) {
        child.withCancel();
      }
      children.add(child);
    }
    top.cancel();
    assertThat(children).allMatch(Context::isDone);
  }

  @Test
  @DisplayName("R9: a merge is born ended if either is")
  void aMergeIsBornEnded() {
    var a = root.withCancel();
    var b = root.withCancel();
    var why = new IllegalStateException("b");
    b.cancel(why);
    assertThat(a.withCancelFrom(b).cause()).isSameAs(why);
    assertThat(b.withCancelFrom(a).cause()).isSameAs(why);
  }

  @Test
  @DisplayName("R9: a merge ends before the cancel of either returns, with everything below it")
  void aMergeEndsWithEither() {
    for (boolean first : new boolean[] {true, false}) {
      var a = root.withValue(USER, "ada").withCancel();
      var b = root.withValue(USER, "bob").withCancel();
      var merged = a.withCancelFrom(b);
      var below = merged.withCancel().withCancel();
      (first ? a : b).cancel();
      assertThat(merged.isDone()).isTrue();
      assertThat(below.isDone()).isTrue();
      assertThat(merged.get(USER)).isEqualTo("ada");
      (first ? b : a).close();
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
  @DisplayName("R9: a merge has the earliest deadline of both")
  void aMergeHasTheEarliestDeadline() throws Exception {
    var a = root.withName("a").withTimeout(SECOND.multipliedBy(3));
    var b = root.withName("b").withTimeout(SECOND);
    var merged = a.withCancelFrom(b);
    assertThat(merged.remainingNanos()).isEqualTo(SECOND.toNanos());
    clock.advanceSilently(SECOND);
    assertThat(merged.status()).isEqualTo(Status.DEADLINE_EXCEEDED);
    assertThat(merged.ending().message()).startsWith("deadline of 1s set by \"b\"");
    assertThat(a.isDone()).isFalse();
  }

  @Test
  @DisplayName("R9: a closed merge leaves nothing in either")
  void aClosedMergeIsTakenOutOfBoth() {
    var a = root.withCancel();
    var b = root.withCancel();
    a.withCancelFrom(b).close();
    assertThat(((CancelContext) b).link().entries()).isEmpty();
    assertThat(((CancelContext) a).link().entries()).isEmpty();
  }

  @Test
  @DisplayName("R9: contexts with different clocks are refused")
  void aMergeOfDifferentClocksIsRefused() {
    try (var other = Roots.open("other", new ManualClock(), false)) {
      assertThatThrownBy(() -> root.withCancelFrom(other))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("different clocks");
    }
  }

  @Test
  @DisplayName("R10: close ends as CLOSED, and what runs below is told who closed it")
  void closeIsANormalFinish() {
    var parent = root.withName("batch").withCancel();
    var child = parent.withCancel();
    parent.close();
    parent.close();
    assertThat(parent.status()).isEqualTo(Status.CLOSED);
    assertThatThrownBy(child::throwIfDone)
        .isInstanceOf(ContextCancelledException.class)
        .hasMessage("closed by its owner, \"batch\"");
    parent.cancel();
    assertThat(parent.status()).isEqualTo(Status.CLOSED);
  }

  @Test
  @DisplayName("R10: cancel tells who and why")
  void cancelTellsWhoAndWhy() {
    var why = new IllegalStateException("budget spent");
    var ctx = root.withName("batch").withCancel();
    ctx.cancel(why);
    assertThatThrownBy(ctx::throwIfDone)
        .isInstanceOf(ContextCancelledException.class)
        .hasMessage(
            "cancelled by the owner of \"batch\": java.lang.IllegalStateException: budget spent")
        .hasCause(why);
    assertThat(ctx.ending().path()).isEqualTo("background/test/batch");
    assertThat(ctx.ending().at()).isEqualTo(clock.instant());
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
