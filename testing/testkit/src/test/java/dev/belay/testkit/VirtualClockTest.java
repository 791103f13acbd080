package dev.belay.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.Context;
import dev.belay.DeadlineExceededException;
import dev.belay.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class VirtualClockTest {
  private static final Duration HOUR = Duration.ofHours(1);

  @Test
  void aDeadlineOfAnHourPassesWhenTheTestSaysSo(Context ctx, VirtualClock clock) {
    try (var limited = ctx.withTimeout(HOUR)) {
      clock.advance(HOUR.minusNanos(1));
      assertThat(limited.isDone()).isFalse();
      clock.advance(Duration.ofNanos(1));
      assertThat(limited.status()).isEqualTo(Status.DEADLINE_EXCEEDED);
    }
  }

  @Test
  void reactionsHaveReturnedWhenAdvanceReturns(Context ctx, VirtualClock clock) {
    List<String> seen = Collections.synchronizedList(new ArrayList<>());
    var limited = ctx.withTimeout(HOUR);
    limited.onDone(() -> seen.add("reacted at " + clock.instant()));
    clock.advance(HOUR.multipliedBy(2));
    assertThat(seen).containsExactly("reacted at 1970-01-01T01:00:00Z");
  }

  @Test
  void sleepersWakeInTheOrderOfTime(Context ctx, VirtualClock clock) throws Exception {
    List<Integer> order = Collections.synchronizedList(new ArrayList<>());
    var asleep = new CountDownLatch(5);
    List<Thread> threads = new ArrayList<>();
    for (int hours = 5; hours >= 1; hours--) {
      int after = hours;
      threads.add(
          Thread.ofVirtual()
              .start(
                  () -> {
                    asleep.countDown();
                    try {
                      ctx.sleep(HOUR.multipliedBy(after));
                      order.add(after);
                    } catch (InterruptedException e) {
                      throw new AssertionError(e);
                    }
                  }));
    }
    asleep.await();
    while (clock.pendingTimers() < 5) {
      Thread.onSpinWait();
    }
    clock.runUntilIdle();
    assertThat(order).containsExactly(1, 2, 3, 4, 5);
    for (Thread thread : threads) {
      thread.join();
    }
  }

  @Test
  void aLoopThatSleepsRunsToItsEnd(Context ctx, VirtualClock clock) throws Exception {
    List<String> turns = Collections.synchronizedList(new ArrayList<>());
    var limited = ctx.withTimeout(Duration.ofSeconds(35));
    Thread loop =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    while (true) {
                      limited.sleep(Duration.ofSeconds(10));
                      turns.add(clock.instant().toString());
                    }
                  } catch (DeadlineExceededException e) {
                    turns.add("over");
                  } catch (InterruptedException e) {
                    throw new AssertionError(e);
                  }
                });
    while (clock.pendingTimers() < 2) {
      Thread.onSpinWait();
    }
    clock.runUntilIdle();
    loop.join();
    assertThat(turns).hasSize(4).endsWith("over");
    assertThat(clock.instant()).isEqualTo("1970-01-01T00:00:35Z");
  }

  @Test
  void timeDoesNotGoBack(VirtualClock clock) {
    assertThatThrownBy(() -> clock.advance(HOUR.negated()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("go back");
  }

  @Test
  void anEndlessLoopOfTimersIsTold(VirtualClock clock) {
    clock.schedule(1, new Again(clock));
    assertThatThrownBy(clock::runUntilIdle).hasMessageContaining("does a loop sleep");
  }

  @Nested
  class TakenBeforeEach {
    private VirtualClock taken;

    @BeforeEach
    void take(VirtualClock clock) {
      taken = clock;
    }

    @Test
    void theRootOfTheTestFollowsTheClock(Context ctx) {
      try (var limited = ctx.withTimeout(HOUR)) {
        taken.advance(HOUR);
        assertThat(limited.status()).isEqualTo(Status.DEADLINE_EXCEEDED);
      }
    }
  }

  private record Again(VirtualClock clock) implements Runnable {
    @Override
    public void run() {
      clock.schedule(clock.nanoTime() + 1, this);
    }
  }
}
