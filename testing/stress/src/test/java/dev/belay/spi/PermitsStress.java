package dev.belay.spi;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Context;
import dev.belay.ContextEndedException;
import dev.belay.spi.Permits.Permit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Permits that are given while those that wait for them are cancelled, time out or leave. */
class PermitsStress {
  private static final int TURNS = Integer.getInteger("belay.stress.turns", 10_000);
  private static final int PERMITS = 3;
  private static final int THREADS = 16;

  private final Permits permits = new Permits(() -> PERMITS);
  private final AtomicInteger inUse = new AtomicInteger();
  private final AtomicInteger most = new AtomicInteger();
  private final AtomicInteger ended = new AtomicInteger();
  private final AtomicInteger timedOut = new AtomicInteger();

  @Test
  void noPermitIsLostAndNoneIsGivenTwice() throws Exception {
    List<FutureTask<Integer>> borrowers = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      var borrower = new FutureTask<>(this::borrow);
      borrowers.add(borrower);
      Thread.startVirtualThread(borrower);
    }
    int served = 0;
    for (FutureTask<Integer> borrower : borrowers) {
      served += borrower.get(); // one lost permit after the other would hold this for ever
    }
    assertThat(permits).hasToString("0 of " + PERMITS + " in use, 0 waiting");
    assertThat(most.get()).isBetween(2, PERMITS);
    assertThat(served).isPositive();
    assertThat(ended.get()).as("waits that were cancelled").isPositive();
    assertThat(timedOut.get()).as("waits that timed out").isPositive();
  }

  private int borrow() throws InterruptedException {
    var random = new SplittableRandom();
    int served = 0;
    for (int turn = 0; turn < TURNS / THREADS; turn++) {
      try (var request = Context.background().withTimeout(Duration.ofSeconds(60))) {
        for (int step = random.nextInt(3); step >= 0; step--) {
          served += step(request, random);
        }
      }
    }
    return served;
  }

  private int step(Context request, SplittableRandom random) throws InterruptedException {
    try (var step = request.withCancel()) {
      if (random.nextInt(3) == 0) {
        int spin = random.nextInt(3_000);
        Thread.startVirtualThread(
            () -> {
              spin(spin);
              step.cancel();
            });
      }
      Duration timeout =
          random.nextInt(3) == 0
              ? Duration.ofNanos(random.nextInt(100_000))
              : Duration.ofSeconds(50);
      Permit permit = permits.acquire(step, timeout);
      if (permit == null) {
        timedOut.incrementAndGet();
        return 0;
      }
      try (permit) {
        most.accumulateAndGet(inUse.incrementAndGet(), Math::max);
        spin(random.nextInt(2_000));
        inUse.decrementAndGet();
      }
      return 1;
    } catch (ContextEndedException e) {
      ended.incrementAndGet();
      return 0;
    }
  }

  private static void spin(int turns) {
    for (int i = 0; i < turns; i++) {
      Thread.onSpinWait();
    }
  }
}
