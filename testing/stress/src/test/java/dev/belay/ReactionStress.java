package dev.belay;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** R17 with real threads: the action on its own virtual thread, the stop on another. */
class ReactionStress {
  private static final int TURNS = Integer.getInteger("belay.stress.turns", 10_000);

  @Test
  @DisplayName("R17: either the action runs once or one stop is true")
  void eitherItRunsOrAStopIsTrue() throws Exception {
    long seed = System.nanoTime();
    var random = new SplittableRandom(seed);
    int ran = 0;
    for (int turn = 0; turn < TURNS; turn++) {
      CancellableContext ctx = Context.background().withCancel();
      var gone = new CountDownLatch(1);
      var runs = new AtomicInteger();
      Registration registration =
          ctx.onDone(
              () -> {
                runs.incrementAndGet();
                gone.countDown();
              });
      int delay = random.nextInt(40);
      var ready = new AtomicBoolean();
      Thread canceller =
          Thread.ofVirtual()
              .start(
                  () -> {
                    ready.set(true);
                    spin(delay);
                    ctx.cancel();
                  });
      boolean wait = random.nextBoolean(); // who always waits is always second on one processor
      while (wait && !ready.get()) {
        Thread.onSpinWait();
      }
      spin(random.nextInt(random.nextBoolean() ? 40 : 2_000));
      boolean stopped = registration.stop();
      canceller.join();
      if (!stopped) {
        gone.await(); // neither would wait here for ever
      }
      registration.close();
      assertThat(runs.get() + (stopped ? 1 : 0)).as("seed %d, turn %d", seed, turn).isEqualTo(1);
      ran += runs.get();
    }
    assertThat(ran).isBetween(1, TURNS - 1);
  }

  private static void spin(int turns) {
    for (int i = 0; i < turns; i++) {
      Thread.onSpinWait();
    }
  }
}
