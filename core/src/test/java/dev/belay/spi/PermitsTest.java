package dev.belay.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.CancellableContext;
import dev.belay.Context;
import dev.belay.ContextCancelledException;
import dev.belay.Criticality;
import dev.belay.DeadlineExceededException;
import dev.belay.Fixture;
import dev.belay.spi.Permits.Permit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Waiting for a permit. */
class PermitsTest extends Fixture {
  private static final Duration HOUR = Duration.ofHours(1);

  private final AtomicInteger limit = new AtomicInteger(1);
  private final Permits permits = new Permits(limit::get, clock);

  private Permit acquired(Context ctx) throws InterruptedException {
    Permit permit = permits.acquire(ctx, HOUR);
    assertThat(permit).isNotNull();
    return permit;
  }

  /** A thread that waits for a permit. */
  private final class Waiter extends FutureTask<Permit> {
    private final Thread thread;

    Waiter(Callable<Permit> call, int waiting) {
      super(call);
      thread = Thread.startVirtualThread(this);
      awaitUntil(() -> permits.toString().endsWith(" in use, " + waiting + " waiting"));
    }
  }

  private Waiter waiter(Context ctx, int waiting) {
    return new Waiter(() -> permits.acquire(ctx, HOUR), waiting);
  }

  private void nothingIsInUse() {
    assertThat(permits).hasToString("0 of " + limit + " in use, 0 waiting");
  }

  @Test
  void aPermitThatIsFreeIsGivenAtOnce() throws Exception {
    try (Permit permit = acquired(root)) {
      assertThat(permits).hasToString("1 of 1 in use, 0 waiting");
      assertThat(permit).isNotNull();
    }
    nothingIsInUse();
  }

  @Test
  void closingTwiceReturnsOnePermit() throws Exception {
    Permit permit = acquired(root);
    Permit other;
    permit.close();
    other = acquired(root);
    permit.close();
    assertThat(permits).hasToString("1 of 1 in use, 0 waiting");
    other.close();
    nothingIsInUse();
  }

  @Test
  void aReturnedPermitGoesToTheOneThatWaits() throws Exception {
    Permit held = acquired(root);
    Waiter waiter = waiter(root, 1);
    held.close();
    waiter.get().close();
    nothingIsInUse();
  }

  @Test
  void aRequestThatHasHadAPermitGoesBeforeOneThatHasNot() throws Exception {
    try (var begun = root.withTimeout(SECOND);
        var fresh = root.withTimeout(SECOND)) {
      acquired(begun).close();
      Permit held = acquired(root);
      Waiter newcomer = waiter(fresh, 1);
      Waiter again = waiter(begun.withName("second query"), 2);
      held.close();
      Permit second = again.get();
      assertThat(newcomer.isDone()).isFalse();
      second.close();
      newcomer.get().close();
    }
    nothingIsInUse();
  }

  @Test
  void aRequestIsAllThatIsDerivedFromItsOutermostDeadline() throws Exception {
    try (var request = root.withCancel();
        var limited = request.withTimeout(SECOND);
        var step = limited.withTimeout(SECOND.dividedBy(2));
        var otherStep = limited.withName("other").withCancel();
        var fresh = root.withTimeout(SECOND)) {
      acquired(step).close();
      Permit held = acquired(root);
      Waiter newcomer = waiter(fresh, 1);
      Waiter sibling = waiter(otherStep, 2);
      held.close();
      sibling.get().close();
      newcomer.get().close();
    }
  }

  @Test
  void workWithoutADeadlineIsWhatIsRightBelowTheRoot() throws Exception {
    try (var job = root.withCancel();
        var part = job.withCancel();
        var other = root.withCancel()) {
      acquired(part).close();
      Permit held = acquired(root);
      Waiter newcomer = waiter(other, 1);
      Waiter again = waiter(job, 2);
      held.close();
      again.get().close();
      newcomer.get().close();
    }
  }

  @Test
  void whatIsShieldedBelongsToItsRequestAlsoAfterTheEnd() throws Exception {
    try (var request = root.withTimeout(SECOND);
        var fresh = root.withTimeout(HOUR)) {
      acquired(request).close();
      Permit held = acquired(root);
      Waiter newcomer = waiter(fresh, 1);
      request.cancel();
      Waiter compensation =
          new Waiter(() -> request.callShielded(SECOND, c -> permits.acquire(c, HOUR)), 2);
      held.close();
      compensation.get().close();
      newcomer.get().close();
    }
    nothingIsInUse();
  }

  @Test
  void contextsThatNeverEndWaitToo() throws Exception {
    Permit held = acquired(Context.background());
    Waiter waiter = waiter(Context.background(), 1);
    held.close();
    waiter.get().close();
    nothingIsInUse();
  }

  @Test
  void whatIsSheddableWaitsForAllElse() throws Exception {
    Permit held = acquired(root);
    Waiter report = waiter(root.withValue(Criticality.KEY, Criticality.SHEDDABLE), 1);
    Waiter order = waiter(root, 2);
    Waiter payment = waiter(root.withValue(Criticality.KEY, Criticality.CRITICAL), 3);
    held.close();
    Permit first = payment.get();
    assertThat(order.isDone()).isFalse();
    first.close();
    Permit second = order.get();
    assertThat(report.isDone()).isFalse();
    second.close();
    report.get().close();
    nothingIsInUse();
  }

  @Test
  void howMuchWorkMattersTravelsAsText() {
    var codec = Criticality.KEY.codec();
    assertThat(codec).isNotNull();
    assertThat(codec.encode(Criticality.SHEDDABLE)).isEqualTo("sheddable");
    assertThat(codec.decode("critical")).isEqualTo(Criticality.CRITICAL);
    assertThatThrownBy(() -> codec.decode("most")).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aCancelEndsTheWait() throws Exception {
    try (var held = acquired(root);
        var ctx = root.withCancel()) {
      Waiter waiter = waiter(ctx, 1);
      ctx.cancel();
      assertThatThrownBy(waiter::get).hasCauseInstanceOf(ContextCancelledException.class);
      assertThat(permits).hasToString("1 of 1 in use, 0 waiting");
      assertThat(held).isNotNull();
    }
  }

  @Test
  void theDeadlineEndsTheWait() throws Exception {
    try (var held = acquired(root);
        var ctx = root.withTimeout(SECOND)) {
      Waiter waiter = waiter(ctx, 1);
      awaitParked(waiter.thread);
      clock.advance(SECOND);
      assertThatThrownBy(waiter::get).hasCauseInstanceOf(DeadlineExceededException.class);
      assertThat(held).isNotNull();
    }
    nothingIsInUse();
  }

  @Test
  void theTimeoutEndsTheWaitWithoutAPermit() throws Exception {
    try (var held = acquired(root)) {
      var waiter = new Waiter(() -> permits.acquire(root, SECOND), 1);
      awaitParked(waiter.thread);
      clock.advance(SECOND);
      assertThat(waiter.get()).isNull();
      assertThat(permits.acquire(root, Duration.ZERO)).isNull();
      assertThat(held).isNotNull();
    }
    nothingIsInUse();
  }

  @Test
  void aForeignInterruptEndsTheWait() throws Exception {
    try (var held = acquired(root)) {
      Waiter waiter = waiter(root, 1);
      waiter.thread.interrupt();
      assertThatThrownBy(waiter::get).hasCauseInstanceOf(InterruptedException.class);
      assertThat(held).isNotNull();
    }
    nothingIsInUse();
  }

  @Test
  void underAnEndedContextNothingWaits() {
    try (CancellableContext ctx = root.withCancel()) {
      ctx.cancel();
      assertThatThrownBy(() -> permits.acquire(ctx, HOUR))
          .isInstanceOf(ContextCancelledException.class);
    }
    nothingIsInUse();
  }

  @Test
  void moreAreGivenOnceThereAreMore() throws Exception {
    Permit held = acquired(root);
    Waiter one = waiter(root, 1);
    Waiter two = waiter(root, 2);
    limit.set(3);
    held.close();
    Permit first = one.get();
    Permit second = two.get();
    assertThat(permits).hasToString("2 of 3 in use, 0 waiting");
    first.close();
    second.close();
    nothingIsInUse();
  }

  @Test
  void noneIsGivenWhileThereAreFewerThanInUse() throws Exception {
    limit.set(2);
    Permit one = acquired(root);
    Permit two = acquired(root);
    Waiter waiter = waiter(root, 1);
    limit.set(1);
    one.close();
    assertThat(permits).hasToString("1 of 1 in use, 1 waiting");
    two.close();
    waiter.get().close();
    nothingIsInUse();
  }

  @Test
  void theLimitIsAskedWithoutALock() throws Exception {
    var asked = new AtomicInteger();
    var other = new AtomicReference<FutureTask<String>>();
    var reentrant = new AtomicReference<Permits>();
    reentrant.set(
        new Permits(
            () -> {
              if (asked.incrementAndGet() == 2) { // after the constructor
                var text = new FutureTask<>(() -> reentrant.get().toString());
                other.set(text);
                Thread.startVirtualThread(text);
                awaitUntil(text::isDone);
              }
              return 1;
            }));
    Permit permit = reentrant.get().acquire(root, HOUR);
    assertThat(other.get().get()).isEqualTo("0 of 1 in use, 0 waiting");
    assertThat(permit).isNotNull();
    permit.close();
  }

  /** Work that takes {@code time} from its first permit. */
  private void worked(Duration time, boolean finished) throws InterruptedException {
    try (var work = root.withTimeout(HOUR)) {
      Permit permit = acquired(work);
      clock.advance(time);
      if (!finished) {
        work.cancel();
      }
      permit.close();
    }
  }

  @Test
  void workThatWasCutShortSaysNothingOfHowLongItTakes() throws Exception {
    worked(SECOND, true);
    worked(Duration.ofNanos(1), false);
    // With a second as the shortest work, one that has less left goes last.
    Permit held = acquired(root);
    try (var late = root.withTimeout(SECOND.minusNanos(2));
        var inTime = root.withTimeout(HOUR)) {
      Waiter one = waiter(late, 1);
      Waiter two = waiter(inTime, 2);
      held.close();
      two.get().close();
      one.get().close();
    }
    nothingIsInUse();
  }

  /** Which of two is served first, once the older has waited for two seconds. */
  private boolean newestGoesFirst() throws Exception {
    Permit held = acquired(root);
    try (var oldest = root.withTimeout(HOUR);
        var newest = root.withTimeout(HOUR)) {
      Waiter one = waiter(oldest, 1);
      clock.advance(SECOND.multipliedBy(2));
      Waiter two = waiter(newest, 2);
      held.close();
      Waiter first = anyOf(one, two);
      first.get().close();
      (first.equals(one) ? two : one).get().close();
      return first.equals(two);
    }
  }

  private Waiter anyOf(Waiter one, Waiter two) {
    awaitUntil(() -> one.isDone() || two.isDone());
    return one.isDone() ? one : two;
  }

  @Test
  void theNewestGoesFirstAfterAShorterWaitOnceWorkWasLost() throws Exception {
    worked(SECOND, true);
    assertThat(newestGoesFirst()).isFalse();
    for (int i = 0; i < 10; i++) {
      worked(SECOND, false);
    }
    assertThat(newestGoesFirst()).isTrue();
  }

  @Test
  void begunWorkThatIsCutShortWhileItWaitsIsLostToo() throws Exception {
    worked(SECOND, true);
    for (int i = 0; i < 10; i++) {
      Permit held;
      try (var work = root.withTimeout(HOUR)) {
        acquired(work).close();
        held = acquired(root);
        Waiter again = waiter(work, 1);
        work.cancel();
        assertThatThrownBy(again::get).hasCauseInstanceOf(ContextCancelledException.class);
      }
      held.close();
    }
    assertThat(newestGoesFirst()).isTrue();
  }

  @Test
  void anEndOfAPartOfTheWorkIsNoLoss() throws Exception {
    worked(SECOND, true);
    for (int i = 0; i < 10; i++) {
      try (var work = root.withTimeout(HOUR);
          var part = work.withCancel()) {
        Permit permit = acquired(part);
        clock.advance(SECOND);
        part.cancel();
        permit.close();
      }
    }
    assertThat(newestGoesFirst()).isFalse();
  }

  @Test
  @DisplayName("R40: a stack that overflows while permits are taken and returned loses none")
  void anExhaustedStack() throws Exception {
    var many = new Permits(() -> 1_000_000);
    var overflows = new AtomicInteger();
    var deep =
        new Thread(
            null,
            () -> {
              for (int i = 0; i < 300; i++) {
                try {
                  descend(many);
                } catch (StackOverflowError e) {
                  overflows.incrementAndGet();
                }
              }
            },
            "deep",
            200_000);
    deep.start();
    deep.join();
    assertThat(overflows).hasValue(300);
    assertThat(many).hasToString("0 of 1000000 in use, 0 waiting");
    many.acquire(root, HOUR).close();
  }

  @SuppressWarnings("InfiniteRecursion") // the point
  private void descend(Permits many) {
    try (Permit permit = many.acquire(root, HOUR)) {
      assertThat(permit).isNotNull();
      descend(many);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  @DisplayName("R40: a limit that throws, or is negative, loses no permit and is reported")
  void aLimitThatFails() throws Exception {
    var asked = new AtomicInteger();
    var heard = new ArrayList<ContextEvent>();
    ContextListener listener = heard::add;
    var faulty =
        new Permits(
            () -> {
              if (asked.get() > 0) {
                throw new IllegalStateException("pool is closed");
              }
              return 1 + asked.get();
            });
    Permit permit = faulty.acquire(root, HOUR);
    ContextEvents.install(listener);
    try {
      asked.set(1);
      permit.close();
      assertThatThrownBy(() -> faulty.acquire(root, HOUR)).hasMessage("pool is closed");
      asked.set(-2);
      assertThatThrownBy(() -> faulty.acquire(root, HOUR))
          .hasMessage("the limit is -1: there are no permits, or some, never fewer than none");
    } finally {
      ContextEvents.remove(listener);
    }
    asked.set(0);
    assertThat(faulty).hasToString("0 of 1 in use, 0 waiting");
    assertThat(heard)
        .singleElement()
        .isInstanceOfSatisfying(
            ContextEvent.Uncaught.class, e -> assertThat(e.origin()).isEqualTo("limit"));
  }

  @Test
  void whatMakesNoSenseIsRefused() {
    assertThatThrownBy(() -> new Permits(null)).isInstanceOf(NullPointerException.class);
    assertThatThrownBy(() -> new Permits(() -> -1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("the limit is -1");
    assertThatThrownBy(() -> permits.acquire(null, HOUR)).isInstanceOf(NullPointerException.class);
    assertThatThrownBy(() -> permits.acquire(root, null)).isInstanceOf(NullPointerException.class);
  }
}
