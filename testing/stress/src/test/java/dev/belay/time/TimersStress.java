package dev.belay.time;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Timers that are set while their thread goes to sleep, and the clock that it moves. */
class TimersStress {
  private static final int TURNS = Integer.getInteger("belay.stress.timers", 300);

  /** A thread that has missed its wake-up sleeps for ten seconds: half of it bounds the wait. */
  private static final long LOST_NANOS = 5_000_000_000L;

  private static final long TICK_NANOS = 1L << Timers.TICK_BITS;

  private final long origin = System.nanoTime();
  private final Timers timers = new Timers(this::now, Runnable::run);
  private final AtomicLong early = new AtomicLong();

  @Test
  @DisplayName("R12: every timer goes off, and never early")
  void noTimerIsMissed() {
    long seed = System.nanoTime();
    var random = new SplittableRandom(seed);
    for (int turn = 0; turn < TURNS; turn++) {
      // The thread has just given this one out, and is about to look for the next.
      AtomicBoolean first = set(random.nextLong(TICK_NANOS));
      assertThat(await(first)).as("turn %d, seed %d", turn, seed).isTrue();
      for (int i = random.nextInt(100); i > 0; i--) {
        Thread.onSpinWait();
      }
      AtomicBoolean second = set(random.nextLong(3 * TICK_NANOS));
      assertThat(await(second)).as("turn %d, seed %d", turn, seed).isTrue();
    }
    assertThat(early).as("early, seed %d", seed).hasValue(0);
  }

  /** Apart from the timers: while it ticks the thread wakes all the time, and misses nothing. */
  @Test
  @DisplayName("R12: the coarse clock is never ahead")
  void theCoarseClockIsNeverAhead() {
    for (int i = 0; i < 100 * TURNS; i++) {
      long coarse = timers.coarseNanoTime();
      assertThat(coarse).isLessThanOrEqualTo(now());
    }
  }

  private AtomicBoolean set(long delay) {
    long due = now() + delay;
    var gone = new AtomicBoolean();
    timers.set(
        due,
        () -> {
          if (now() < due) {
            early.incrementAndGet();
          }
          gone.set(true);
        });
    return gone;
  }

  private static boolean await(AtomicBoolean gone) {
    long begin = System.nanoTime();
    while (!gone.get()) {
      if (System.nanoTime() - begin > LOST_NANOS) {
        return false;
      }
      Thread.onSpinWait();
    }
    return true;
  }

  private long now() {
    return System.nanoTime() - origin;
  }
}
