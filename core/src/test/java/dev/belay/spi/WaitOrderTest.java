package dev.belay.spi;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.kernel.Work;
import dev.belay.spi.WaitOrder.Waiting;
import org.junit.jupiter.api.Test;

/** The order in which those that wait are served, rule by rule. Times are plain numbers. */
class WaitOrderTest {
  private static final long SERVICE = 100;
  private static final long NEVER = Long.MAX_VALUE;

  private final WaitOrder<Waiting> order = new WaitOrder<>();

  /** One request. */
  static final class Request implements Work {
    private boolean begun;

    @Override
    public boolean hasBegun() {
      return begun;
    }

    @Override
    public void begin() {
      begun = true;
    }
  }

  private static Request begun() {
    var request = new Request();
    request.begin();
    return request;
  }

  private Waiting waits(Work work, long since, long until) {
    var waiting = new Waiting(work, since, until);
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
    order.served(SERVICE);
    var first = waits(begun(), 0, NEVER);
    var second = waits(begun(), 1, NEVER);
    long late = 100 * SERVICE;
    assertThat(order.next(late)).isSameAs(first);
    assertThat(order.next(late)).isSameAs(second);
  }

  @Test
  void aShortQueueIsServedFirstComeFirstServed() {
    order.served(SERVICE);
    var first = waits(0, NEVER);
    var second = waits(1, NEVER);
    long notYet = WaitOrder.STANDING * SERVICE;
    assertThat(order.next(notYet)).isSameAs(first);
    assertThat(order.next(notYet)).isSameAs(second);
  }

  @Test
  void aQueueThatStandsIsServedNewestFirst() {
    order.served(SERVICE);
    var first = waits(0, NEVER);
    var second = waits(1, NEVER);
    var third = waits(2, NEVER);
    long stands = WaitOrder.STANDING * SERVICE + 1;
    assertThat(order.next(stands)).isSameAs(third);
    assertThat(order.next(stands)).isSameAs(second);
    assertThat(order.next(stands)).isSameAs(first);
  }

  @Test
  void aQueueStandsOnceItsOldestHasWaitedForMoreThanItHasLeft() {
    order.served(SERVICE);
    waits(0, 3 * SERVICE);
    var newest = waits(1, 3 * SERVICE);
    assertThat(order.next(2 * SERVICE)).isSameAs(newest);
  }

  @Test
  void firstComeFirstServedAgainOnceTheOldHaveGone() {
    order.served(SERVICE);
    var old = waits(0, NEVER);
    long stands = WaitOrder.STANDING * SERVICE + 1;
    var first = waits(stands, NEVER);
    var second = waits(stands, NEVER);
    assertThat(order.remove(old)).isTrue();
    assertThat(order.next(stands)).isSameAs(first);
    assertThat(order.next(stands)).isSameAs(second);
  }

  @Test
  void beforeAServiceTimeIsKnownNoQueueStands() {
    var first = waits(0, NEVER);
    waits(1, NEVER);
    assertThat(order.next(1_000_000)).isSameAs(first);
  }

  @Test
  void workThatCannotFinishGoesLast() {
    order.served(SERVICE);
    var late = waits(0, SERVICE - 1);
    var inTime = waits(0, SERVICE);
    assertThat(order.next(0)).isSameAs(inTime);
    assertThat(order.next(0)).as("the estimate may be wrong").isSameAs(late);
  }

  @Test
  void workThatCannotFinishGoesLastAlsoWhenItIsTheNewest() {
    order.served(SERVICE);
    var old = waits(0, NEVER);
    long stands = WaitOrder.STANDING * SERVICE + 1;
    waits(stands, stands + SERVICE - 1);
    assertThat(order.next(stands)).isSameAs(old);
  }

  @Test
  void workThatHasBegunIsServedEvenIfItIsLate() {
    order.served(SERVICE);
    waits(0, NEVER);
    var late = waits(begun(), 0, SERVICE / 2);
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
    order.served(SERVICE);
    var request = new Request();
    var one = waits(request, 0, NEVER);
    var two = waits(request, 0, NEVER);
    var newcomer = waits(1, NEVER);
    assertThat(order.next(1)).isSameAs(one);
    long stands = WaitOrder.STANDING * SERVICE + 2;
    assertThat(order.next(stands)).as("not the newest").isSameAs(two);
    assertThat(order.next(stands)).isSameAs(newcomer);
  }

  @Test
  void workThatHasBegunElsewhereTakesItsWaitingCallsAlong() {
    var newcomer = waits(0, NEVER);
    var request = new Request();
    var before = waits(request, 1, NEVER);
    request.begin();
    var after = waits(request, 2, NEVER);
    assertThat(order.next(3)).isSameAs(before);
    assertThat(order.next(3)).isSameAs(after);
    assertThat(order.next(3)).isSameAs(newcomer);
  }

  @Test
  void theServiceTimeFollowsWhatIsMeasured() {
    order.served(1_000 * SERVICE);
    for (int i = 0; i < 200; i++) {
      order.served(SERVICE);
    }
    waits(0, NEVER);
    var newest = waits(1, NEVER);
    assertThat(order.next(2 * WaitOrder.STANDING * SERVICE)).isSameAs(newest);
  }

  @Test
  void theShortestServiceTimeIsForgottenInTheEnd() {
    order.served(1);
    for (int i = 0; i < 1_000; i++) {
      order.served(100 * SERVICE);
    }
    waits(0, 50 * SERVICE);
    var inTime = waits(0, NEVER);
    assertThat(order.next(0)).isSameAs(inTime);
  }
}
