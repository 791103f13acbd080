package dev.belay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.kernel.Trace;
import dev.belay.spi.Roots;
import dev.belay.spi.TreeInspector;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** R26 and R27: what a context costs, and what becomes of one that is dropped. */
class DroppedTest extends Fixture {
  private static final Duration HOUR = Duration.ofHours(1);

  /** Ways to use a context and drop it unclosed, with nothing left that observes it. */
  static Stream<Function<Context, CancellableContext>> dropped() {
    return Stream.of(
        Context::withCancel,
        parent -> parent.withTimeout(HOUR),
        parent -> derived(parent.withCancel()),
        parent -> derived(parent.withTimeout(HOUR)),
        parent -> observed(parent.withCancel()),
        parent -> observed(parent.withTimeout(HOUR)),
        parent -> observedTwice(parent.withTimeout(HOUR)),
        parent -> derived(observed(parent.withTimeout(HOUR))),
        parent -> observed(derived(parent.withTimeout(HOUR))),
        parent -> parent.withCancel().withCancelFrom(parent));
  }

  private static CancellableContext derived(CancellableContext ctx) {
    var unused = ctx.withCancel().withName("leaf").withCancel();
    return ctx;
  }

  private static CancellableContext observed(CancellableContext ctx) {
    ctx.onDone(() -> {}).stop();
    return ctx;
  }

  private static CancellableContext observedTwice(CancellableContext ctx) {
    Registration first = ctx.onDone(() -> {});
    ctx.onDone(() -> {}).stop();
    first.stop();
    return ctx;
  }

  @ParameterizedTest
  @MethodSource("dropped")
  @DisplayName("R27: a dropped context is collected, with its timer and its link")
  void aDroppedContextIsCollected(Function<Context, CancellableContext> use) {
    CancellableContext parent = root.withCancel();
    var gone = new WeakReference<>(use.apply(parent));
    awaitCollected(gone);
    awaitUntil(() -> Dropped.clear(Integer.MAX_VALUE, site -> {}) >= 0 && entries(parent) == 0);
    awaitUntil(() -> clock.pendingTimers() == 0);
    parent.close();
  }

  @ParameterizedTest
  @MethodSource("dropped")
  @DisplayName("R27: so is a dropped top")
  void aDroppedTopIsCollected(Function<Context, CancellableContext> use) {
    awaitCollected(new WeakReference<>(use.apply(Context.background())));
  }

  @Test
  @DisplayName("R27: what is observed is kept until it ends, with all above it")
  void whatIsObservedIsKept() {
    var ran = new CountDownLatch(3);
    CancellableContext parent = root.withCancel();
    parent.withCancel().withCancel().onDone(ran::countDown);
    parent.withTimeout(HOUR).withCancel().onDone(ran::countDown);
    CancellableContext twice = parent.withCancel();
    Registration first = twice.onDone(() -> {});
    twice.onDone(ran::countDown);
    first.stop();
    twice = null;
    awaitCollected(new WeakReference<>(new Object()));
    parent.cancel();
    awaitUntil(() -> ran.getCount() == 0);
  }

  @Test
  @DisplayName("R27: a deadline that is observed passes although its context was dropped")
  void anObservedDeadlinePasses() throws InterruptedException {
    var ran = new AtomicInteger();
    root.withTimeout(SECOND).onDone(ran::incrementAndGet);
    root.withTimeout(SECOND).withCancel().onDone(ran::incrementAndGet);
    CancellableContext relinked = root.withTimeout(SECOND);
    Registration first = relinked.onDone(() -> {});
    relinked.onDone(ran::incrementAndGet);
    first.stop();
    relinked = null;
    awaitCollected(new WeakReference<>(new Object()));
    clock.advance(SECOND);
    assertThat(ran).hasValue(3);
  }

  @Test
  @DisplayName("R27: a forgotten close is reported with the place that made it")
  void aForgottenCloseIsReported() {
    List<String> told = new ArrayList<>();
    awaitUntil(
        () -> {
          for (int i = 0; i < 5_000; i++) {
            forget();
          }
          // Others clear as well: the next round has more.
          for (int i = 0; i < 10; i++) {
            System.gc();
            Dropped.clear(Integer.MAX_VALUE, site -> told.add(String.valueOf(Dropped.place(site))));
          }
          return told.stream().anyMatch(text -> text.contains("DroppedTest.forget"));
        });
    assertThat(told)
        .anySatisfy(text -> assertThat(text).contains("DroppedTest.forget(DroppedTest.java:"));
  }

  @Test
  @DisplayName("R27: a context that was closed, or whose parent has ended, is not reported")
  void aClosedContextIsNotReported() {
    var recording = Roots.open("recording", clock, false);
    List<Context> held = new ArrayList<>();
    for (int i = 0; i < 5_000; i++) {
      recording.withCancel().close();
      held.add(recording.withCancel());
    }
    recording.close();
    assertThat(held).allMatch(Context::isDone);
    held.clear();
    List<String> told = new ArrayList<>();
    awaitCollected(new WeakReference<>(recording.withCancel()));
    Dropped.clear(Integer.MAX_VALUE, site -> told.add(String.valueOf(Dropped.place(site))));
    assertThat(told).noneMatch(text -> text.contains("aClosedContextIsNotReported"));
  }

  private static void forget() {
    var unused = Context.background().withTimeout(HOUR).withCancel();
  }

  @Test
  @DisplayName(
      "R26: what is neither observed nor derived from has no link, no timer, no entry above")
  void whatNobodyObservesHasNoLink() {
    CancellableContext parent = Context.background().withCancel();
    var leaf = (CancelContext) parent.withTimeout(HOUR);
    while (leaf.link() != null) { // one of the sample
      leaf = (CancelContext) parent.withTimeout(HOUR);
    }
    assertThat(leaf.isDone()).isFalse();
    assertThat(leaf.observed()).isNull();
    assertThat(((DeadlineContext) leaf).hasAlarm()).isFalse();
    parent.close();
    assertThat(leaf.isDone()).isTrue();
  }

  private static int entries(Context ctx) {
    Link link = ((CancelContext) ctx).link();
    return (link == null ? 0 : link.entries().size()) + TreeInspector.live(ctx).size();
  }

  @Test
  @DisplayName("R27: a deadline whose cause was made is not kept by the thread that made it")
  void aDeadlineThatMadeItsCauseIsCollected() {
    var gone = new WeakReference<>(passed());
    awaitCollected(gone);
  }

  private Context passed() {
    CancellableContext ctx = root.withTimeout(SECOND, () -> new IllegalStateException("too slow"));
    clock.advanceSilently(SECOND);
    assertThat(ctx.isDone()).isTrue();
    return ctx;
  }

  /** A context of the sample, whose place of creation is known. */
  private static CancelContext sampled() {
    var ctx = (CancelContext) Context.background().withCancel();
    while (ctx.link() == null) {
      ctx = (CancelContext) Context.background().withCancel();
    }
    return ctx;
  }

  @Test
  @DisplayName("R27: dropped links are taken out as many at a time as is said")
  void soManyAtATime() {
    List<CancelContext> forgotten = List.of(sampled(), sampled(), sampled());
    var queue = new ArrayDeque<Object>(); // the sweep empties the real one at any time
    forgotten.forEach(ctx -> queue.add(ctx.link()));
    List<Trace> told = new ArrayList<>();
    assertThat(Dropped.clear(queue::poll, 2, told::add)).isEqualTo(2);
    assertThat(told).hasSize(2);
    assertThat(Dropped.clear(queue::poll, 2, told::add)).isEqualTo(1);
    assertThat(told).hasSize(3);
    assertThat(Dropped.clear(queue::poll, 2, told::add)).isZero();
  }

  @Test
  @DisplayName("R27: what was closed is not reported, also when it was linked before")
  void whatWasClosedIsNotTold() {
    CancelContext ctx = sampled();
    Link link = ctx.link();
    ctx.close();
    link.enqueue();
    List<Trace> told = new ArrayList<>();
    Dropped.clear(Integer.MAX_VALUE, told::add);
    assertThat(told)
        .noneMatch(site -> String.valueOf(Dropped.place(site)).contains("DroppedTest.sampled"));
  }

  @Test
  @DisplayName("R27: making a link takes two out, and a place is reported once")
  void aPlaceIsToldOnce() throws Exception {
    try (var log = new LogRecords("dev.belay.leak")) {
      List<CancelContext> forgotten = List.of(sampled(), sampled());
      Dropped.REPORTED.clear();
      forgotten.forEach(ctx -> ctx.link().enqueue());
      ((CancelContext) Context.background().withCancel()).linked();
      awaitUntil(() -> reports(log) > 0); // by that link, or by a sweep that came before it
      assertThat(reports(log)).isEqualTo(1);
    }
  }

  /** What is logged of the contexts of the sample; other tests drop some, too. */
  private static long reports(LogRecords log) {
    return log.messages().stream()
        .filter(message -> message.contains("DroppedTest.sampled(DroppedTest.java:"))
        .count();
  }

  @Test
  @DisplayName("R8: a suspiciously deep chain is reported once, when it has become deep")
  void aDeepChainIsToldOnce() throws Exception {
    try (var log = new LogRecords("dev.belay")) {
      Link.reported = false;
      for (int chain = 0; chain < 2; chain++) {
        var ctx = (CancelContext) Context.background().withCancel();
        ctx.linked();
        for (int depth = 2; depth < 10_000; depth++) {
          ctx = (CancelContext) ctx.withCancel();
          ctx.linked();
        }
        assertThat(log.size()).isEqualTo(chain);
        ((CancelContext) ctx.withCancel()).linked();
        assertThat(log.size()).isEqualTo(1);
      }
      assertThat(log.message(0)).startsWith("a chain of {0} contexts");
    }
  }
}
