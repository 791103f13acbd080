package dev.belay;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A cancel against virtual threads that are just going to sleep for long. */
class SleepStress {
  private static final int TURNS = Integer.getInteger("belay.stress.turns", 10_000);
  private static final int SLEEPERS = 3;
  private static final Duration HOUR = Duration.ofHours(1);

  @Test
  @DisplayName("a cancel wakes every sleeper, however far it has come")
  void aCancelWakesEverySleeper() throws Exception {
    var random = new SplittableRandom();
    var woken = new AtomicInteger();
    for (int turn = 0; turn < TURNS; turn += SLEEPERS) {
      CancellableContext ctx = Context.background().withCancel();
      var awake = new CountDownLatch(SLEEPERS);
      List<Thread> sleepers = new ArrayList<>();
      for (int i = 0; i < SLEEPERS; i++) {
        sleepers.add(
            Thread.startVirtualThread(
                () -> {
                  awake.countDown();
                  try {
                    ctx.sleep(HOUR);
                  } catch (ContextCancelledException e) {
                    woken.incrementAndGet();
                  } catch (InterruptedException e) {
                    throw new AssertionError(e);
                  }
                }));
      }
      awake.await();
      for (int spin = random.nextInt(random.nextBoolean() ? 40 : 2_000); spin > 0; spin--) {
        Thread.onSpinWait();
      }
      ctx.cancel();
      for (Thread sleeper : sleepers) {
        sleeper.join(); // a lost wake-up would hold this for an hour
      }
    }
    assertThat(woken.get()).isGreaterThanOrEqualTo(TURNS);
  }
}
