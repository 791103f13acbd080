package dev.belay.spi;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Criticality;
import dev.belay.kernel.Begun;
import dev.belay.kernel.Work;
import dev.belay.kernel.WorkTimes;
import dev.belay.spi.WaitOrder.Waiting;
import org.junit.jupiter.api.Test;

/** The order in which those that wait are served, rule by rule. Times are plain numbers. */
class WaitOrderTest {
  private static final long WORK = 100;

  /** For how long new work waits first come first served, while none is lost. */
  private static final long STANDING = 3 * WORK;

  private static final long NEVER = Long.MAX_VALUE;

  private final WorkTimes times = new WorkTimes(TimeSource.system());
  private final WaitOrder<Waiting> order = new WaitOrder<>(times);

  /** One request. */
  static final class Request implements Work {
    private boolean begun;

    @Override
    public boolean hasBegun() {
      return begun;
    }

    @Override
    public void begin(Begun first) {
      begun = true;
    }

    @Override
    public boolean isCutShort() {
      return false;
    }
  }

  private Request begun() {
    var request = new Request();
    request.begin(new Begun(times, 0));
    return request;
  }

  private Waiting waits(Work work, long since, long until) {
    return waits(work, Criticality.NORMAL, since, until);
  }

  private Waiting waits(Work work, Criticality criticality, long since, long until) {
    var waiting = new Waiting(work, criticality, since, until);
    order.add(waiting);
    return waiting;
  }

  private Waiting waits(long since, long until) {
    return waits(new Request(), since, until);
  }

  @Test
  void nothingWaitsAtFirst() {
    assertThat(order.next(0)).isNull();
  }

  @Test
  void workThatHasBegunGoesBeforeWorkThatHasNot() {
    var fresh = waits(0, NEVER);
    var begun = waits(begun(), 1, NEVER);
    assertThat(order.next(2)).isSameAs(begun);
    assertThat(order.next(2)).isSameAs(fresh);
    assertThat(order.next(2)).isNull();
  }

  @Test
  void workThatHasBegunIsServedFirstComeFirstServedHoweverLongItsQueueStands() {
    times.finished(WORK);
    var first = waits(begun(), 0, NEVER);
    var second = waits(begun(), 1, NEVER);
    long late = 100 * WORK;
    assertThat(order.next(late)).isSameAs(first);
    assertThat(order.next(late)).isSameAs(second);
  }

  @Test
  void aShortQueueIsServedFirstComeFirstServed() {
    times.finished(WORK);
    var first = waits(0, NEVER);
    var second = waits(1, NEVER);
    long notYet = STANDING;
    assertThat(order.next(notYet)).isSameAs(first);
    assertThat(order.next(notYet)).isSameAs(second);
  }

  @Test
  void aQueueThatStandsIsServedNewestFirst() {
    times.finished(WORK);
    var first = waits(0, NEVER);
    var second = waits(1, NEVER);
    var third = waits(2, NEVER);
    long stands = STANDING + 1;
    assertThat(order.next(stands)).isSameAs(third);
    assertThat(order.next(stands)).isSameAs(second);
    assertThat(order.next(stands)).isSameAs(first);
  }

  @Test
  void aQueueStandsOnceItsOldestHasWaitedForTwoThirdsOfItsTime() {
    times.finished(WORK);
    var first = waits(0, 3 * WORK);
    waits(0, 3 * WORK);
    var newest = waits(1, 4 * WORK);
    assertThat(order.next(2 * WORK)).isSameAs(first);
    assertThat(order.next(2 * WORK + 2)).isSameAs(newest);
  }

  @Test
  void firstComeFirstServedAgainOnceTheOldHaveGone() {
    times.finished(WORK);
    var old = waits(0, NEVER);
    long stands = STANDING + 1;
    var first = waits(stands, NEVER);
    var second = waits(stands, NEVER);
    assertThat(order.remove(old)).isTrue();
    assertThat(order.next(stands)).isSameAs(first);
    assertThat(order.next(stands)).isSameAs(second);
  }

  @Test
  void whileNoWorkWasFinishedOrLostNoQueueStands() {
    var first = waits(0, NEVER);
    waits(1, NEVER);
    assertThat(order.next(1_000_000)).isSameAs(first);
  }

  @Test
  void aQueueStandsEarlierOnceBegunWorkIsLost() {
    times.finished(WORK);
    for (int i = 0; i < 10; i++) {
      times.lost(1);
    }
    waits(0, NEVER);
    var newest = waits(1, NEVER);
    assertThat(order.next(STANDING / 2)).isSameAs(newest);
  }

  @Test
  void atWorkThatIsOnlyEverLostAQueueStandsToo() {
    times.lost(WORK);
    waits(0, NEVER);
    var newest = waits(1, NEVER);
    assertThat(order.next(STANDING)).isSameAs(newest);
  }

  @Test
  void aQueueMayBeLongAgainOnceWorkIsFinished() {
    times.finished(WORK);
    for (int i = 0; i < 10; i++) {
      times.lost(1);
    }
    for (int i = 0; i < 1_000; i++) {
      times.finished(WORK);
    }
    var oldest = waits(0, NEVER);
    waits(1, NEVER);
    assertThat(order.next(STANDING)).isSameAs(oldest);
  }

  @Test
  void workThatCannotFinishGoesLast() {
    times.finished(WORK);
    var late = waits(0, WORK - 1);
    var inTime = waits(0, WORK);
    assertThat(order.next(0)).isSameAs(inTime);
    assertThat(order.next(0)).as("the estimate may be wrong").isSameAs(late);
  }

  @Test
  void workThatCannotFinishGoesLastAlsoWhenItIsTheNewest() {
    times.finished(WORK);
    var old = waits(0, NEVER);
    long stands = STANDING + 1;
    waits(stands, stands + WORK - 1);
    assertThat(order.next(stands)).isSameAs(old);
  }

  /** The shortest work may be shorter than what was seen of it. */
  @Test
  void workThatSeemsLateIsTriedNowAndThen() {
    times.finished(WORK);
    var late = waits(0, WORK - 1);
    int before = 0;
    waits(0, NEVER);
    while (!late.equals(order.next(0))) {
      before++;
      waits(0, NEVER);
    }
    assertThat(before).isBetween(10, 100);
  }

  @Test
  void workThatHasBegunIsServedEvenIfItIsLate() {
    times.finished(WORK);
    waits(0, NEVER);
    var late = waits(begun(), 0, WORK / 2);
    assertThat(order.next(0)).isSameAs(late);
  }

  @Test
  void newWorkThatMattersMoreGoesFirst() {
    var sheddable = waits(new Request(), Criticality.SHEDDABLE, 0, NEVER);
    var normal = waits(new Request(), Criticality.NORMAL, 1, NEVER);
    var critical = waits(new Request(), Criticality.CRITICAL, 2, NEVER);
    assertThat(order.next(3)).isSameAs(critical);
    assertThat(order.next(3)).isSameAs(normal);
    assertThat(order.next(3)).isSameAs(sheddable);
  }

  @Test
  void whatHasBegunGoesFirstWhateverItIs() {
    var critical = waits(new Request(), Criticality.CRITICAL, 0, NEVER);
    var begun = waits(begun(), Criticality.SHEDDABLE, 1, NEVER);
    assertThat(order.next(2)).isSameAs(begun);
    assertThat(order.next(2)).isSameAs(critical);
  }

  @Test
  void whatIsSheddableAndHasTimeGoesBeforeWhatMattersMoreAndHasNone() {
    times.finished(WORK);
    var late = waits(new Request(), Criticality.CRITICAL, 0, WORK - 1);
    var inTime = waits(new Request(), Criticality.SHEDDABLE, 0, NEVER);
    assertThat(order.next(0)).isSameAs(inTime);
    assertThat(order.next(0)).isSameAs(late);
  }

  @Test
  void workThatHasEndedIsNeverServed() {
    waits(0, 10);
    waits(begun(), 0, 10);
    assertThat(order.next(9)).isNotNull();
    assertThat(order.next(10)).isNull();
  }

  @Test
  void whatHasLeftIsNotServed() {
    var gone = waits(0, NEVER);
    assertThat(order.remove(gone)).isTrue();
    assertThat(order.remove(gone)).isFalse();
    assertThat(order.next(0)).isNull();
  }

  @Test
  void theOtherCallsOfAPieceOfWorkHaveBegunWithItsFirst() {
    times.finished(WORK);
    var request = new Request();
    var one = waits(request, 0, NEVER);
    var two = waits(request, 0, NEVER);
    var newcomer = waits(1, NEVER);
    assertThat(order.next(1)).isSameAs(one);
    long stands = STANDING + 2;
    assertThat(order.next(stands)).as("not the newest").isSameAs(two);
    assertThat(order.next(stands)).isSameAs(newcomer);
  }

  @Test
  void workThatHasBegunElsewhereTakesItsWaitingCallsAlong() {
    var newcomer = waits(0, NEVER);
    var request = new Request();
    var before = waits(request, 1, NEVER);
    request.begin(new Begun(times, 0));
    var after = waits(request, 2, NEVER);
    assertThat(order.next(3)).isSameAs(before);
    assertThat(order.next(3)).isSameAs(after);
    assertThat(order.next(3)).isSameAs(newcomer);
  }

  @Test
  void theTimeOfWorkFollowsWhatIsMeasured() {
    times.finished(1_000 * WORK);
    for (int i = 0; i < 200; i++) {
      times.finished(WORK);
    }
    waits(0, NEVER);
    var newest = waits(1, NEVER);
    assertThat(order.next(2 * STANDING)).isSameAs(newest);
  }

  @Test
  void theShortestTimeOfWorkIsForgottenInTheEnd() {
    times.finished(1);
    for (int i = 0; i < 1_000; i++) {
      times.finished(100 * WORK);
    }
    waits(0, 50 * WORK);
    var inTime = waits(0, NEVER);
    assertThat(order.next(0)).isSameAs(inTime);
  }
}
