package dev.belay.spi;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Timers that are set while the timer's thread goes to sleep, and the clock it moves. */
class TimersStress {
  private static final int TURNS = Integer.getInteger("belay.stress.timers", 300);

  /** A lost wake-up shows as a timer that never goes off; this bounds the wait. */
  private static final long LOST_SECONDS = 30;

  private final long origin = System.nanoTime();
  private final AtomicLong early = new AtomicLong();
  private final Timers timers =
      new Timers(() -> System.nanoTime() - origin, task -> Thread.ofVirtual().start(task));

  @Test
  @DisplayName("R12: every timer goes off, never early; the coarse clock is never ahead")
  void noTimerIsMissed() throws Exception {
    long seed = System.nanoTime();
    List<FutureTask<Integer>> setters = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      var random = new SplittableRandom(seed + i);
      var setter = new FutureTask<>(() -> missed(random));
      setters.add(setter);
      Thread.ofPlatform().daemon().start(setter);
    }
    for (FutureTask<Integer> setter : setters) {
      assertThat(setter.get()).as("missed, seed %d", seed).isZero();
    }
    assertThat(early).as("early, seed %d", seed).hasValue(0);
  }

  private int missed(SplittableRandom random) throws InterruptedException {
    int missed = 0;
    for (int turn = 0; turn < TURNS; turn++) {
      var gone = new CountDownLatch(1);
      long due = now() + random.nextLong(1_500_000);
      timers.set(
          due,
          () -> {
            if (now() < due) {
              early.incrementAndGet();
            }
            gone.countDown();
          });
      if (random.nextInt(4) == 0) {
        readCoarse();
      }
      if (!gone.await(LOST_SECONDS, TimeUnit.SECONDS)) {
        missed++;
      }
    }
    return missed;
  }

  private void readCoarse() {
    for (int i = 0; i < 100; i++) {
      if (timers.coarseNanoTime() > now()) {
        early.incrementAndGet();
      }
    }
  }

  private long now() {
    return System.nanoTime() - origin;
  }
}
