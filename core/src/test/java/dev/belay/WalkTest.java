package dev.belay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.spi.TreeInspector;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What others do while a walk is under way, which the tests hold between its steps. */
class WalkTest extends Fixture {
  private final CancelContext parent = (CancelContext) root.withCancel();
  private final CancelContext child = leaf(parent::withCancel);
  private final IllegalStateException why = new IllegalStateException("why");

  /** Without tracking: so there are leaves, lone reactions and links. */
  @Override
  public CancellableContext open(ManualClock time) {
    return NamedContext.root("test", new Environment(time, false, false));
  }

  private static CancelContext linkedBelow(CancelContext above) {
    var ctx = (CancelContext) above.withCancel();
    ctx.linked();
    return ctx;
  }

  /** Ways to end a context that another thread is just ending. */
  static Stream<Consumer<CancelContext>> ends() {
    return Stream.of(
        CancelContext::cancel,
        ctx -> ctx.cancel(new IllegalStateException("second")),
        CancelContext::close,
        ctx -> ctx.end(End.closed(ctx)),
        ctx -> ((DeadlineContext) ctx).expire());
  }

  @ParameterizedTest
  @MethodSource("ends")
  @DisplayName(
      "R2, R3: a thread that ends a context second waits for the walk of the first, whose end counts")
  void theSecondWaitsForTheFirst(Consumer<CancelContext> end) throws Exception {
    var ctx = (CancelContext) parent.withTimeout(SECOND);
    End first = End.cancelled(ctx, why, null);
    ctx.flip(first);
    Thread second = Thread.ofPlatform().start(() -> end.accept(ctx));
    awaitParked(second);
    first.completed();
    second.join();
    assertThat(ctx.cause()).isSameAs(why);
    assertThat(ctx.flip(End.closed(ctx))).isSameAs(first);
  }

  @Test
  @DisplayName("R3: a parent's cancel waits for walks below, and for those that these wait for")
  void aParentWaitsForWalksBelow() throws Exception {
    child.linked();
    End first = End.cancelled(child, why, null);
    End deeper = End.cancelled(child, why, null);
    child.flip(first);
    Thread canceller = Thread.ofPlatform().start(parent::cancel);
    awaitIn(canceller, "awaitComplete");
    assertThat(parent.isDone()).isTrue();
    first.leaves(deeper);
    first.completed();
    awaitIn(canceller, "awaitComplete");
    awaitParked(canceller);
    deeper.leaves(first);
    deeper.completed(); // below a merge two can wait for each other
    canceller.join();
    assertThat(child.cause()).isSameAs(why);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3})
  @DisplayName("R3: a parent flips before its child")
  void aParentFlipsBeforeItsChild(int depth) throws Exception {
    List<CancelContext> path = new ArrayList<>(List.of(parent));
    for (int i = 0; i < 4; i++) {
      path.add(linkedBelow(path.getLast()));
    }
    Lane held = path.get(depth).link().locked();
    Thread canceller = Thread.ofPlatform().start(parent::cancel);
    try {
      awaitIn(canceller, "parkNanos"); // it waits for the lane
      assertThat(path.subList(0, depth + 1)).allMatch(CancelContext::hasEnded);
      assertThat(path.subList(depth + 1, 5)).noneMatch(CancelContext::hasEnded);
    } finally {
      held.unlock();
    }
    canceller.join();
    assertThat(path).allMatch(CancelContext::hasEnded);
  }

  @Test
  @DisplayName("R3: while a walk is on its way nothing is hung below what it will end")
  void nothingIsHungBelowWhatIsEnding() throws Exception {
    Registration reaction = child.onDone(() -> {});
    End ending = End.cancelled(parent, why, null);
    Object below = parent.flip(ending);
    var derived = new CancelContext(child.frame, child, null);
    var observed = new FutureTask<>(() -> child.onDone(() -> {}).stop());
    var observedBelow = new FutureTask<>(() -> derived.onDone(() -> {}).stop());
    var linked = new FutureTask<>(derived::linked);
    var merged = new FutureTask<>(() -> root.withCancelFrom(child).cause());
    try {
      awaitIn(Thread.ofPlatform().start(observed), "observe");
      awaitIn(Thread.ofPlatform().start(observedBelow), "observe");
      awaitIn(Thread.ofPlatform().start(linked), "linked");
      awaitIn(Thread.ofPlatform().start(merged), "join");
    } finally {
      new Walk(ending, parent, below).begin();
    }
    assertThat(observed.get()).isFalse(); // it was too late to stop it: it runs
    assertThat(observedBelow.get()).isFalse();
    assertThat(linked.get()).isNull();
    assertThat(merged.get()).isSameAs(why);
    assertThat(derived.cause()).isSameAs(why);
    assertThat(reaction.stop()).isFalse();
  }

  @Test
  @DisplayName("R7: an entry that comes after the walk is refused")
  void anEntryThatComesTooLateIsRefused() {
    child.withCancel();
    Link link = child.link();
    parent.cancel();
    assertThat(link.add(new Link.Branch(link, 0))).isFalse();
    assertThat(link.entries()).isEmpty();
    assertThat(child.link()).isNull();
    assertThat(child.linked()).isNull();
    assertThat(child.observed()).isNull();
  }

  @Test
  @DisplayName("R29: what has ended does not show, even where it still hangs")
  void whatHasEndedDoesNotShow() {
    child.linked();
    assertThat(TreeInspector.live(parent)).hasSize(1);
    End ending = End.cancelled(child, why, null);
    child.flip(ending);
    assertThat(TreeInspector.live(parent)).isEmpty();
    ending.completed();
  }

  @Test
  @DisplayName("R3, R13: children that hang in several lanes end and leave like others")
  void childrenInSeveralLanes() throws Exception {
    Link link = parent.linked();
    Lane held = link.locked();
    var one = new FutureTask<>(() -> parent.onDone(() -> {}));
    var two = new FutureTask<>(() -> linkedBelow(parent));
    Thread first = Thread.ofPlatform().start(one);
    Thread second = Thread.ofPlatform().start(two);
    awaitIn(first, "widened");
    awaitIn(second, "widened");
    held.unlock();
    Registration reaction = one.get();
    CancelContext derived = two.get();
    for (int i = 0; i < 32; i++) {
      Thread.ofPlatform().start(() -> assertThat(parent.onDone(() -> {}).stop()).isTrue()).join();
    }
    assertThat(link.entries()).hasSize(2);
    child.linked();
    assertThat(link.entries()).hasSize(3);
    child.close();
    assertThat(link.entries()).hasSize(2);
    parent.cancel();
    assertThat(derived.hasEnded()).isTrue();
    assertThat(reaction.stop()).isFalse();
    assertThat(link.entries()).isEmpty();
  }

  @Test
  @DisplayName("R18: a reaction and the link of its context may hang in different lanes")
  void reactionsAndLinksInDifferentLanes() throws Exception {
    Link link = parent.linked();
    Lane held = link.locked();
    Thread meeting = Thread.ofPlatform().start(() -> parent.onDone(() -> {}).stop());
    awaitIn(meeting, "widened");
    held.unlock();
    meeting.join();
    var ran = new AtomicInteger();
    List<CancelContext> children = new ArrayList<>();
    for (int i = 0; i < 64; i++) {
      var each = (CancelContext) parent.withCancel();
      children.add(each);
      onAnotherThread(() -> each.onDone(ran::incrementAndGet));
      onAnotherThread(each::linked);
    }
    parent.cancel();
    clock.settle();
    assertThat(ran).hasValue(64);
    assertThat(children).allMatch(CancelContext::hasEnded);
  }

  private static void onAnotherThread(Runnable task) throws InterruptedException {
    Thread.ofPlatform().start(task).join();
  }

  @Test
  @DisplayName("R18: a walk from above leaves the reactions to the walk that ended their context")
  void reactionsBelongToTheWalkThatCameFirst() throws Exception {
    var fired = new AtomicInteger();
    child.observe(
        new Observer(child) {
          @Override
          void fire() {
            fired.incrementAndGet();
          }
        });
    End first = End.cancelled(child, why, null);
    Object below = child.flip(first);
    Thread canceller = Thread.ofPlatform().start(parent::cancel);
    awaitIn(canceller, "awaitComplete");
    new Walk(first, child, below).begin();
    canceller.join();
    assertThat(fired).hasValue(1);
  }

  @Test
  @DisplayName("R26: what is observed once needs no link, at the top neither")
  void whatIsObservedOnceNeedsNoLink() {
    for (CancelContext ctx :
        List.of(leaf(Context.background()::withCancel), leaf(parent::withCancel))) {
      Registration reaction = ctx.onDone(() -> {});
      assertThat(ctx.link()).isNull();
      assertThat(ctx.observed()).isSameAs(reaction);
    }
  }

  @Test
  @DisplayName("R13: a watcher that leaves while the timer is being set leaves no timer")
  void aWatcherThatLeavesWhileTheTimerIsBeingSet() {
    CancelContext ctx = leaf(() -> root.withTimeout(SECOND));
    var watcher =
        new Observer(ctx) {
          @Override
          void fire() {}
        };
    clock.whileSettingATimer(() -> ctx.unobserve(watcher));
    assertThat(ctx.observe(watcher)).isTrue();
    assertThat(clock.pendingTimers()).isZero();
    assertThat(ctx.observe(watcher)).isTrue();
    assertThat(clock.pendingTimers()).isEqualTo(1);
    ctx.unobserve(watcher);
    clock.whileSettingATimer(ctx::close);
    ctx.observe(watcher);
    assertThat(clock.pendingTimers()).isZero();
  }
}
