package dev.belay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.belay.spi.LiveContext;
import dev.belay.spi.LiveContext.Kind;
import dev.belay.spi.LiveThread;
import dev.belay.spi.TreeInspector;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** R26, R27, R29: the whole tree, from its roots, and what is known of each context. */
class InspectionTest extends Fixture {

  private static List<LiveContext> walked(Context from) {
    var found = new ArrayList<LiveContext>();
    TreeInspector.walk(from, found::add);
    return found;
  }

  private static boolean isRoot(Context ctx) {
    long id = TreeInspector.id(ctx);
    return TreeInspector.roots().stream().anyMatch(root -> TreeInspector.id(root) == id);
  }

  @Test
  @DisplayName("R29: roots are found without being handed over, until they end")
  void rootsAreFound() {
    CancellableContext program = Context.root("program");
    CancellableContext linked = Context.background().withCancel();
    CancellableContext child = linked.withName("child").withCancel();
    CancellableContext detached = Context.background().detach("apart", Duration.ofHours(1));
    Registration watch = detached.withCancel().onDone(() -> {});
    assertThat(isRoot(program)).isTrue();
    assertThat(isRoot(linked)).isTrue();
    assertThat(isRoot(detached)).isTrue();
    assertThat(isRoot(child)).isFalse();
    program.close();
    linked.close();
    watch.stop();
    detached.close();
    assertThat(isRoot(program)).isFalse();
    assertThat(isRoot(linked)).isFalse();
    assertThat(isRoot(detached)).isFalse();
  }

  @Test
  @DisplayName("R26: what has none above is no root before something derives from it")
  void anUnlinkedTopIsNoRoot() {
    CancelContext top = leaf(() -> Context.background().withTimeout(SECOND));
    assertThat(isRoot(top)).isFalse();
    Registration once = top.onDone(() -> {});
    assertThat(isRoot(top)).isFalse();
    once.stop();
    var unused = top.withCancel();
    assertThat(isRoot(top)).isTrue();
    top.close();
  }

  @Test
  @DisplayName("R27: a dropped root is collected, with what observes it, and leaves no entry")
  void aDroppedRootIsCollected() {
    var gone = List.of(dropped(Context.root("gone")), dropped(Context.background().withCancel()));
    gone.forEach(Fixture::awaitCollected);
    awaitUntil(
        () -> {
          Dropped.clear(Integer.MAX_VALUE, site -> {});
          return Link.TOPS.entries().stream().noneMatch(entry -> entry.context() == null);
        });
  }

  private static WeakReference<Context> dropped(CancellableContext ctx) {
    ctx.withName("below").withCancel().onDone(() -> {});
    ctx.onDone(() -> {});
    ctx.onDone(() -> {});
    return new WeakReference<>(ctx);
  }

  @Test
  @DisplayName("R29: a walk shows each context after the one above it, with names, kind and limits")
  void aWalkShowsWhatIsKnown() throws InterruptedException {
    CancellableContext order = root.withName("POST /orders").withTimeout(Duration.ofSeconds(10));
    clock.advance(Duration.ofSeconds(3));
    CancellableContext charge = order.withName("charge").withName("card").withCancel();
    CancellableContext merged = charge.withCancelFrom(order);
    List<LiveContext> all = walked(root);
    assertThat(all)
        .extracting(LiveContext::name, LiveContext::kind, LiveContext::depth)
        .containsExactly(
            tuple("test", Kind.ROOT, 0),
            tuple("POST /orders", Kind.DEADLINE, 1),
            tuple("charge/card", Kind.CANCEL, 2),
            tuple("", Kind.MERGED, 3));
    assertThat(all)
        .extracting(LiveContext::parent)
        .containsExactly(
            0L, TreeInspector.id(root), TreeInspector.id(order), TreeInspector.id(charge));
    assertThat(all)
        .extracting(LiveContext::leftNanos, LiveContext::ownLimit)
        .containsExactly(
            tuple(Long.MAX_VALUE, null),
            tuple(Duration.ofSeconds(7).toNanos(), Duration.ofSeconds(10)),
            tuple(Duration.ofSeconds(7).toNanos(), null),
            tuple(Duration.ofSeconds(7).toNanos(), null));
    assertThat(all.get(1).ageSeconds()).isEqualTo(3);
    assertThat(all).extracting(LiveContext::ageSeconds).allMatch(age -> age >= 0);
    assertThat(all).extracting(LiveContext::children).containsExactly(1, 2, 1, 0);
    assertThat(all.get(3).context()).hasToString(merged.toString());
    order.close();
  }

  @Test
  @DisplayName("R29: an id stays the same, also after the end, and a view has its scope's")
  void anIdStays() {
    CancellableContext ctx = root.withName("named").withCancel();
    long id = walked(root).get(1).id();
    assertThat(id).isNotZero();
    assertThat(TreeInspector.id(ctx.withName("view").withValue(USER, "u"))).isEqualTo(id);
    ctx.close();
    assertThat(TreeInspector.id(ctx)).isEqualTo(id);
    assertThat(TreeInspector.id(Context.background())).isZero();
  }

  @Test
  @DisplayName("R29: one that was observed before it was derived from is shown once")
  void whatHangsTwiceIsShownOnce() {
    try (var quiet = NamedContext.root("quiet", new Environment(clock, false, false))) {
      CancellableContext ctx = leaf(quiet::withCancel);
      ctx.onDone(() -> {});
      CancellableContext child = leaf(ctx::withCancel);
      child.onDone(() -> {});
      assertThat(walked(quiet)).extracting(LiveContext::depth).containsExactly(0, 1, 2);
      assertThat(walked(quiet)).extracting(LiveContext::reactions).containsExactly(0, 1, 1);
    }
  }

  @Test
  @DisplayName("R29: a visitor that has seen enough ends the walk")
  void aVisitorEndsTheWalk() {
    List<Context> kept = Stream.generate(root::withCancel).limit(10).map(c -> (Context) c).toList();
    var seen = new ArrayList<LiveContext>();
    TreeInspector.walk(
        live -> {
          seen.add(live);
          return seen.size() < 3;
        });
    assertThat(seen).hasSize(3);
    assertThat(kept).noneMatch(Context::isDone);
  }

  @Test
  @DisplayName("R29: threads that wait for the end, or are in a call it cancels, are shown")
  void threadsAreShown() throws Exception {
    var inside = new CountDownLatch(2);
    var leave = new CountDownLatch(1);
    CancellableContext ctx = root.withName("work").withCancel();
    Thread waiter = Thread.ofVirtual().name("waiter").start(() -> sleepOn(ctx));
    Thread query = Thread.ofPlatform().name("query").start(() -> query(ctx, inside, leave));
    inside.await();
    awaitParked(waiter);
    assertThat(walked(ctx).getFirst().threads())
        .extracting(LiveThread::thread, LiveThread::resource, LiveThread::subject)
        .containsExactlyInAnyOrder(
            tuple(waiter, "the end of its context", null),
            tuple(query, "a query", "select ?"),
            tuple(query, "an interruptible call", null));
    leave.countDown();
    query.join();
    ctx.close();
    waiter.join();
  }

  private static void query(Context ctx, CountDownLatch inside, CountDownLatch leave) {
    try {
      ctx.call(
          new Query(),
          c -> {
            inside.countDown();
            return ctx.callInterruptibly(
                inner -> {
                  inside.countDown();
                  leave.await();
                  return null;
                });
          });
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static void sleepOn(Context ctx) {
    try {
      ctx.awaitDone();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static final class Query implements Canceller {
    @Override
    public void cancel(int attempt) {}

    @Override
    public String resource() {
      return "a query";
    }

    @Override
    public String subject() {
      return "select ?";
    }
  }

  @Test
  @DisplayName("R16, R40: a subject is bounded and escaped, and one that fails is left out")
  void aSubjectIsForeign() {
    assertThat(Foreign.subject(subject("a\nb" + "x".repeat(5_000))))
        .startsWith("a\\u000ab")
        .hasSizeLessThan(600);
    assertThat(Foreign.subject(subject(null))).isNull();
    assertThat(
            Foreign.subject(
                new Canceller() {
                  @Override
                  public void cancel(int attempt) {}

                  @Override
                  public String subject() {
                    throw new StackOverflowError();
                  }
                }))
        .isNull();
  }

  private static Canceller subject(String text) {
    return new Canceller() {
      @Override
      public void cancel(int attempt) {}

      @Override
      public String subject() {
        return text;
      }
    };
  }

  @Test
  @Tag("large")
  @DisplayName("R8, R29: a walk over a chain of 100,000 does not recurse, and ids hardly repeat")
  void aDeepChainIsWalked() {
    Context ctx = root;
    for (int i = 0; i < 100_000; i++) {
      ctx = ctx.withName("n").withCancel();
    }
    Set<Long> ids = new HashSet<>();
    TreeInspector.walk(root, live -> ids.add(live.id()));
    assertThat(ids).hasSize(100_001);
    assertThat(ctx.isDone()).isFalse(); // so long it must be kept
  }

  @Test
  @Tag("race")
  @DisplayName("R29: what lives during a walk is in it, once, whatever gets a link meanwhile")
  void whatStaysIsSeen() throws Exception {
    for (int round = 0; round < 200; round++) {
      try (var quiet = NamedContext.root("quiet", new Environment(clock, false, false))) {
        List<CancellableContext> staying = new ArrayList<>();
        List<Long> wanted = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
          CancellableContext each = leaf(quiet::withCancel);
          each.onDone(() -> {});
          staying.add(each);
          wanted.add(TreeInspector.id(each));
        }
        Thread linking =
            Thread.ofPlatform()
                .start(
                    () ->
                        staying.forEach(
                            each -> {
                              var unused = each.withCancel();
                            }));
        do {
          List<Long> found = new ArrayList<>();
          TreeInspector.walk(quiet, live -> live.depth() != 1 || found.add(live.id()));
          assertThat(found).containsExactlyInAnyOrderElementsOf(wanted);
        } while (linking.isAlive());
        linking.join();
      }
    }
  }
}
