package dev.belay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** R1–R8, R10: the tree. */
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
    List<Context> below = TreeRaceTest.wideAndDeep(top, 50);
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
  @DisplayName("R7: a child of a closed leaf says which context was closed")
  void aChildOfAClosedLeafTellsItsParentsStory() {
    var leaf = Context.background().withName("leaf").withCancel();
    leaf.close();
    assertThat(leaf.ending().message()).isEqualTo("closed by its owner, \"leaf\"");
    assertThat(leaf.ending().path()).isEqualTo("background/leaf");
    var child = leaf.withName("child").withCancel();
    assertThat(child.status()).isEqualTo(Status.CLOSED);
    assertThat(child.ending().message()).isEqualTo("closed by its owner, \"leaf\"");
    child.cancel();
    assertThat(child.status()).isEqualTo(Status.CLOSED);
  }

  @Test
  @DisplayName("R8: toString of a long chain elides its middle")
  void aLongChainIsPrintedShort() {
    Context leaf = Context.background();
    for (int i = 0; i < 1_000; i++) {
      leaf = leaf.withName("n" + i);
    }
    assertThat(leaf.toString())
        .startsWith("background/n0/n1/")
        .contains("/… 977 more …/")
        .endsWith("/n998/n999")
        .hasSizeLessThan(300);
  }

  @Test
  @DisplayName("R10: close ends as CLOSED, and what runs below says which context was closed")
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
  @DisplayName("R10: a cancel says which context was cancelled, and why")
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
}
